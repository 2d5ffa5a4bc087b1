"""Searching texts: words are alike when their stems are (kursen, kurserna)."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from surveys.domain.statistics import swedish_order

LONGEST = 200  # of what is searched for
Stem = Callable[[str], str]

_WORD = re.compile(r"\w+")


def found(texts: Iterable[str], wanted: str, stem: Stem) -> list[tuple[int, str]]:
    """The texts that hold every word of ``wanted``, as (how many times, text), the most first and then in
    alphabetical order. Without a word to look for, all of them in alphabetical order. ``stem`` is given words
    in small letters.
    """
    words = set(stems(wanted[:LONGEST], stem))
    hits = [(_times(text, words, stem), text) for text in texts]
    fitting = [(times, text) for times, text in hits if times or not words]
    return sorted(fitting, key=lambda each: (-each[0], swedish_order(each[1])))


def stems(text: str, stem: Stem) -> Sequence[str]:
    """The stem of each word of a text, in its order."""
    return [stem(word) for word in _WORD.findall(text.casefold())]


def _times(text: str, words: set[str], stem: Stem) -> int:
    there = Counter(stems(text, stem)) if words else Counter()
    return sum(there[word] for word in words) if all(there[word] for word in words) else 0
