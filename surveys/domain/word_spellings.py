"""Association words that are counted as one because staff have said so: "mat-nyttig" as "matnyttig"."""

from collections.abc import Mapping, Sequence

from surveys.domain.statistics import WordCount, folded, swedish_order


def spelling_key(word: str) -> str:
    """Equal for words that are counted as one without anybody saying so: capitals and blanks aside."""
    return folded(" ".join(word.split()))


def counted_together(words: Sequence[WordCount], alike: Mapping[str, str]) -> tuple[WordCount, ...]:
    """The words with their counts added up as ``alike`` (:func:`spelling_key` → the word it counts as) says,
    by frequency, then in Swedish alphabetical order.

    What somebody wrote twice in two spellings is two times given, as of one spelling.
    """
    names = {spelling_key(word): word for word in alike.values()}
    groups: dict[str, list[WordCount]] = {}
    for each in words:
        own = spelling_key(each.word)
        groups.setdefault(spelling_key(alike.get(own, each.word)), []).append(each)
    found = [_together(names.get(place), members) for place, members in groups.items()]
    return tuple(sorted(found, key=lambda each: (-each.count, swedish_order(each.word))))


def _together(name: str | None, members: Sequence[WordCount]) -> WordCount:
    first = members[0]
    if name is None or (len(members) == 1 and spelling_key(first.word) == spelling_key(name)):
        return first
    spellings = tuple((each.word, each.count) for each in members)
    return WordCount(name, sum(each.count for each in members), spellings)
