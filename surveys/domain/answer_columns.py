"""Which question a column of somebody else's file answers, and which option each of its values stands for.

Suggested by code, label and text; whoever imports corrects it. Nothing is told from a value's place on a
scale: 1–5 means opposite things in two surveys. A value that the file labels is told by its label alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveys.domain.choices import OTHER, OneChoice, SeveralChoices
from surveys.domain.date_question import DateQuestion
from surveys.domain.point_questions import DONT_KNOW, PointQuestion
from surveys.domain.question import Question
from surveys.domain.questionnaire import Form
from surveys.domain.questions import NumberQuestion, TextQuestion, Words
from surveys.domain.scales import Point

ADDRESS, CODE = "@address", "@code"
WORDS = "text"  # the part of a question that is somebody's own words for "other"
NO_ANSWER = ""
SEPARATOR = ";"
_ENOUGH = 20  # letters that must be there before one text is taken for the beginning of another
_TAKEN = (PointQuestion, OneChoice, SeveralChoices, NumberQuestion, TextQuestion, Words, DateQuestion)

_ADDRESSES = {
    *("email", "e mail", "mail", "email address", "e mail address", "username"),
    *("epost", "e post", "epostadress", "e postadress", "mejl", "mejladress", "mailadress", "användarnamn"),
}
_CODES = {"code", "kod", "deltagarkod", "participant", "participant code", "personkod"}
DONT_KNOW_WORDS = {
    "vet ej",
    "vet inte",
    "ingen uppfattning",
    "kan inte bedöma",
    "don t know",
    "dont know",
    "no opinion",
}
_OTHER = {"annat", "other", "övrigt", "annat nämligen", "other please specify"}
# "1. ", "Q2) ", "3 – ", "4 = ", "5 Ofta"; but not of "1.5 timmar" or "1–2 dagar"
_NUMBERED = re.compile(
    r"^[A-Za-zÅÄÖåäö]{0,2}\d{1,3}[a-zåäö]?(?:\s*[.):=]\s*|\s+[–-]\s+|\s+(?=[A-ZÅÄÖ]))(?!\s*\d)"
)
_ROW = re.compile(r"^(?P<text>.+?)\s*(?:\[(?P<row>[^\[\]]+)\]|\s[–-]\s(?P<dash>.+))$", re.DOTALL)


@dataclass(frozen=True)
class FileColumn:
    """What is known of a column: its name, label, its values' labels, and those declared to be no answers."""

    name: str
    label: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Use:
    """What a column is used for: ``question`` is the code of one, :data:`ADDRESS`, :data:`CODE`, "": nothing.

    ``part``: "" where a cell is the whole answer; else the option that the column says yes or no to, or
    :data:`WORDS`.
    """

    question: str = ""
    part: str = ""


def can_be_taken(question: Question) -> bool:
    """Whether answers to it are taken out of files: not rankings, nor consents, which a person gives."""
    return isinstance(question, _TAKEN)


def choices_of(question: Question) -> tuple[Point, ...]:
    """What a value can stand for; none where it is an answer by itself."""
    return question.choices if isinstance(question, PointQuestion | OneChoice | SeveralChoices) else ()


def plain(text: str) -> str:
    """A text as it is compared: small letters and digits alone, without the number in front of a question."""
    return _plain(_NUMBERED.sub("", text.strip()))


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def suggest(columns: Sequence[FileColumn], form: Form) -> list[Use]:
    """Return a use for each column; none comes twice, and what is not sure is left out."""
    ways: tuple[Callable[[FileColumn, Form], Use | None], ...] = (who, _by_code, _by_text, _by_beginning)
    found: list[Use | None] = [None] * len(columns)
    taken: set[Use] = set()
    for way in ways:  # the surest first, for all columns
        for place, column in enumerate(columns):
            use = way(column, form) if found[place] is None else None
            if use is not None and not _clashes(use, taken):
                found[place] = use
                taken.add(use)
    return [use or Use() for use in found]


def faults(uses: Sequence[Use], form: Form) -> list[tuple[int | None, str]]:
    """What is wrong with a choice of uses: (column, None: as a whole; code)."""
    seen: set[Use] = set()
    wrong: list[tuple[int | None, str]] = []
    for place, use in enumerate(uses):
        if use == Use():
            continue
        if use.question not in {ADDRESS, CODE} and not _is_there(use, form):
            wrong.append((place, "unknown_use"))
        elif _clashes(use, seen):
            wrong.append((place, "used_twice"))
        seen.add(use)
    if not any(use.question and use.question not in {ADDRESS, CODE} for use in uses):
        wrong.append((None, "no_question_column"))
    return wrong


def values_in(question: Question, use: Use, cells: Iterable[str]) -> Counter[str]:
    """The values that a column holds and how often; those of an answer of several are counted one by one."""
    if not choices_of(question) or use.part:
        return Counter()
    found = Counter(cell for cell in cells if cell)
    if not isinstance(question, SeveralChoices):
        return found
    names = [each for point in question.choices for each in (point.code, *point.label.values())]
    apart = Counter[str]()
    for cell, many in found.items():
        for piece in pieces(cell, names):
            apart[piece] += many
    return apart


def pieces(cell: str, known: Iterable[str]) -> list[str]:
    """An answer of several options apart: at ";", else at commas, but never within one that is known."""
    if SEPARATOR in cell:
        return [each for part in cell.split(SEPARATOR) if (each := part.strip())]
    parts, found = [part.strip() for part in cell.split(",")], []
    names = {_plain(each) for each in known} if len(parts) > 1 else set()
    while parts:
        together = next(
            (many for many in range(len(parts), 1, -1) if _plain(", ".join(parts[:many])) in names), 1
        )
        found.append(", ".join(parts[:together]))
        parts = parts[together:]
    return [each for each in found if each]


def suggest_values(question: Question, column: FileColumn, values: Iterable[str]) -> dict[str, str]:
    """Return the option of each value that is sure; :data:`NO_ANSWER` for what is declared to be none.

    A value that is not there must be told by whoever imports. Where a question has "other", what is no option
    is somebody's own words.
    """
    names: dict[str, str] = {}
    for point in choices_of(question):
        for text in (*point.label.values(), point.code):
            names.setdefault(_plain(text), point.code)
    codes = {point.code for point in choices_of(question)}
    for code, usual in ((DONT_KNOW, DONT_KNOW_WORDS), (OTHER, _OTHER)):
        if code in codes:
            names = dict.fromkeys(usual, code) | names
    chosen = {value: _option(value, column, names) for value in values}
    found = {value: code for value, code in chosen.items() if code is not None}
    if OTHER in codes and not column.values:
        return dict.fromkeys(chosen, OTHER) | found
    return found


def _option(value: str, column: FileColumn, names: Mapping[str, str]) -> str | None:
    text = column.values.get(value) or value
    # "4 – I hög grad" and "4. I hög grad" are the label with its number in front
    for bare in (_plain(text), plain(text)):
        if bare in names:
            return names[bare]
    return NO_ANSWER if value in column.missing else None


def who(column: FileColumn, _form: Form | None = None) -> Use | None:
    """Whether a column tells whose a row is, and by what; None where it does not."""
    name = _plain(column.name)
    if name in _ADDRESSES:
        return Use(ADDRESS)
    return Use(CODE) if name in _CODES else None


def _by_code(column: FileColumn, form: Form) -> Use | None:
    name = column.name.casefold()
    for question in _taken(form):
        code = question.code.casefold()
        if name == code:
            return Use(question.code)
        for part in _parts(question):
            if name in {f"{code}.{part.casefold()}", f"{code}_{part.casefold()}"}:
                return Use(question.code, part)
    return None


def _by_text(column: FileColumn, form: Form) -> Use | None:
    for text in (column.label, column.name):
        if not plain(text):
            continue
        same = [each for each in _taken(form) if plain(text) in _texts(each)]
        if len(same) == 1:
            return Use(same[0].code)
        row = _ROW.match(text)
        part = _by_row(plain(row["text"]), row["row"] or row["dash"], form) if row else None
        if part is not None:
            return part
    return None


def _by_row(text: str, row: str, form: Form) -> Use | None:
    """From "question [row]" or "question – row": an option of it or, in a grid, the question it is."""
    for question in _taken(form):
        if isinstance(question, SeveralChoices) and text in _texts(question):
            for point in question.choices:
                if _plain(row) in {_plain(each) for each in point.label.values()}:
                    return Use(question.code, point.code)
    same = [each for each in _taken(form) if plain(row) in _texts(each)]
    return Use(same[0].code) if len(same) == 1 else None


def _by_beginning(column: FileColumn, form: Form) -> Use | None:
    """Programs cut long texts: one that is the beginning of a single question's is that one's."""
    for text in (plain(column.label), plain(column.name)):
        if len(text) >= _ENOUGH:
            same = [each for each in _taken(form) if any(its.startswith(text) for its in _texts(each))]
            if len(same) == 1:
                return Use(same[0].code)
    return None


def _taken(form: Form) -> Iterator[Question]:
    return (each for each in form.questions if can_be_taken(each))


def _texts(question: Question) -> set[str]:
    return {plain(text) for text in question.text.values()}


def _parts(question: Question) -> tuple[str, ...]:
    """What a column can be a part of the answer as."""
    own = (WORDS,) if isinstance(question, OneChoice | SeveralChoices) and question.other else ()
    if isinstance(question, SeveralChoices):
        return (*(point.code for point in question.choices), *own)
    return own


def _is_there(use: Use, form: Form) -> bool:
    question = form.question(use.question)
    return question is not None and can_be_taken(question) and use.part in {"", *_parts(question)}


def _clashes(use: Use, taken: set[Use]) -> bool:
    """Whether the same is used already, or a question both as a whole and option by option."""
    if use in taken:
        return True
    mine = {each.part for each in taken if each.question == use.question}
    return bool(mine - {WORDS}) and use.part != WORDS and ("" in mine or use.part == "")
