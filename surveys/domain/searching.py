"""Searching texts: words are alike when their stems are (kursen, kurserna); quotes hold words together, and a
star stands for any ending.

A text is indexed by two lists of words in their order: as written, and stemmed. What is found follows from
these two and nothing else, so that every database finds the same.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from surveys.domain.statistics import folded

LONGEST = 200  # of what is searched for
LONGEST_WORD = 100  # of a word, of which the rest is not looked at
Stem = Callable[[str], str]
Span = tuple[int, int]

_QUOTES = '"”“„«»'
_WORD = re.compile(r"\w+")
_PART = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]?|(\w+)(\*?)")


@dataclass(frozen=True, slots=True)
class Search:
    """All that a text must hold: stems anywhere, stems that follow on each other, beginnings of words."""

    stems: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    beginnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.phrases or self.beginnings)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A text as it is looked up: its words in small letters, and their stems, in its order."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


def search(wanted: str, stem: Stem) -> Search:
    """What somebody has typed: words, "words in quotes", beginn*. Nothing typed, or no word, is no search.

    ``stem`` is given words in small letters.
    """
    stems: list[str] = []
    phrases: list[tuple[str, ...]] = []
    beginnings: list[str] = []
    for part in _PART.finditer(unicodedata.normalize("NFC", wanted[:LONGEST])):
        quoted, word, star = part.groups()
        words = _words(quoted or word or "")
        if star:
            beginnings += words
        elif len(words) > 1:
            phrases.append(tuple(map(stem, words)))
        else:
            stems += map(stem, words)
    return Search(tuple(dict.fromkeys(stems)), tuple(phrases), tuple(dict.fromkeys(beginnings)))


def indexed(text: str, stem: Stem) -> Indexed:
    """The words of a text, as they are looked up."""
    words = tuple(_words(unicodedata.normalize("NFC", text)))
    return Indexed(words, tuple(map(stem, words)))


def marked(text: str, wanted: Search, stem: Stem) -> tuple[tuple[str, bool], ...]:
    """A text in pieces, each with whether it was searched for."""
    text = unicodedata.normalize("NFC", text)
    pieces, end = [], 0
    for start, stop in _joined(sorted(_hits(text, wanted, stem))):
        pieces += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    return tuple(each for each in (*pieces, (text[end:], False)) if each[0])


def _words(text: str) -> list[str]:
    return [folded(word)[:LONGEST_WORD] for word in _WORD.findall(text)]


def _hits(text: str, wanted: Search, stem: Stem) -> Iterator[Span]:
    spans = [each.span() for each in _WORD.finditer(text)]
    words = _words(text)
    stems = tuple(map(stem, words))
    for place, (word, its_stem) in enumerate(zip(words, stems, strict=True)):
        if its_stem in wanted.stems or word.startswith(wanted.beginnings):
            yield spans[place]
        for phrase in wanted.phrases:
            if stems[place : place + len(phrase)] == phrase:
                yield spans[place][0], spans[place + len(phrase) - 1][1]


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that overlap as one."""
    joined: list[Span] = []
    for start, stop in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return joined
