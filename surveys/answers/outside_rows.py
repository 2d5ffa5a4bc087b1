"""The rows of a file of others' answers: what each says, whose it is, and what of that is told to whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from surveys.answers.outside_files import Opened
from surveys.domain.answer_columns import ADDRESS, CODE
from surveys.domain.answer_owners import Claim, Enrolled, named_twice, owners
from surveys.domain.answer_rows import CellFault, Reading, RowRead, read_row
from surveys.domain.privacy import PrivacyMode
from surveys.queries import outside_answers as queries


@dataclass(frozen=True)
class Counted:
    """What becomes of the rows of a file, blank ones left out. ``matched`` are persons of the series; of
    ``unknown`` it is said who, and nobody enrolled is; of ``unsaid`` it is not said. ``faulty`` cannot be
    taken in; ``twice``, among them: two rows are one person's. ``left_out``: answers to questions that are
    not asked given the others.
    """

    rows: int
    matched: int
    unknown: int
    unsaid: int
    faulty: int
    twice: int
    left_out: int


@dataclass(frozen=True)
class Sorted:
    """The rows of a file: those that can be taken in, whose they are, and why the others cannot. ``told``:
    what of the counts may be told to whoever looks.
    """

    good: tuple[RowRead, ...]
    whose: Mapping[int, int]  # line → enrolment
    unknown: tuple[int, ...]
    faults: tuple[tuple[int, CellFault], ...]  # (line, why)
    counted: Counted
    told: Counted


def sort_rows(session: Session, found: Opened, untold: bool = False) -> Sorted:
    """Read every row of a file, and say whose it is.

    ``untold``: whoever looks is to learn nothing of the register. Then no row fails or is asked about for
    what the register says: what stands twice in the file itself is at fault, and of the others those that
    cannot be told to be one certain person's are joined with nobody. All but ``whose`` and ``counted`` are
    the same then, whoever is enrolled.
    """
    today = found.row.collected_on.isoformat()
    reading = Reading(found.form, found.file.columns, found.uses, found.values)
    rows = [read_row(reading, each.line, each.cells, each.ragged, today) for each in found.file.rows]
    rows = [each for each in rows if each.answers or each.faults]
    joins = can_join(found)
    people = queries.people(session, found.row.series_id) if joins else []
    claims = [Claim(each.line, each.address, each.code) for each in rows] if joins else []
    of = owners(claims, [Enrolled(each.enrolment_id, each.code, (each.email,)) for each in people])
    wrong = dict.fromkeys(named_twice(claims), "named_twice") if untold else of.faults
    good = tuple(each for each in rows if not each.faults and each.line not in wrong)
    lines = {each.line for each in good}
    nobody = {*of.nobody, *of.faults} if untold else {*of.nobody}
    unknown = tuple(each.line for each in good if each.line in nobody)
    whose = {line: enrolment for line, enrolment in of.by_line.items() if line in lines}
    counted = Counted(
        rows=len(rows),
        matched=len(whose),
        unknown=len(unknown),
        unsaid=len(good) - len(whose) - len(unknown),
        faulty=len(rows) - len(good),
        twice=sum(code in ("person_twice", "named_twice") for code in wrong.values()),
        left_out=sum(each.left_out for each in good),
    )
    return Sorted(
        good=good,
        whose=whose,
        unknown=() if untold else unknown,
        faults=tuple(_faults(rows, wrong)),
        counted=counted,
        told=replace(counted, matched=0, unknown=0, unsaid=0) if untold else counted,
    )


def can_join(found: Opened) -> bool:
    """Whether rows become certain persons': a column says who, and the privacy mode lets it be known."""
    return names_people(found) and PrivacyMode(found.row.questionnaire.privacy_mode).traceable


def names_people(found: Opened) -> bool:
    return any(use.question in (ADDRESS, CODE) for use in found.uses)


def _faults(rows: list[RowRead], wrong: Mapping[int, str]) -> Iterator[tuple[int, CellFault]]:
    for each in rows:
        for fault in each.faults:
            yield each.line, fault
        if each.line in wrong:
            yield each.line, CellFault(None, wrong[each.line])
