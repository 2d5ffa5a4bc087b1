"""A report as it is read today: its document, with its status and its recommendations put in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.models.report import Recommendation, RecommendationFollowUp, Report
from surveys.queries import reports as queries
from surveys.reporting import document, figures
from surveys.reporting.document import Block, Cell, Document, Paragraph, Table
from surveys.reporting.figures import Difference, Figure
from surveys.reporting.words import Words


@dataclass(frozen=True)
class Contents:
    """One version of a report: what it says, its figures, and what they were in the version before."""

    document: Document
    figures: tuple[Figure, ...]
    before: Report | None
    differences: tuple[Difference, ...]
    earlier: Sequence[Recommendation]
    follow_ups: Mapping[int, RecommendationFollowUp]


def read(session: Session, one: Report) -> Contents:
    """Everything there is to show of a version."""
    row = queries.whole(session, one.id)
    before = queries.before(session, row)
    frozen = figures.read(row.figures)
    return Contents(
        document=read_document(session, row),
        figures=frozen,
        before=before,
        differences=figures.differences(figures.read(before.figures), frozen) if before else (),
        earlier=queries.recommendations(session, row.follows_id) if row.follows_id else (),
        follow_ups=queries.follow_ups(session, row.id),
    )


def read_document(session: Session, row: Report) -> Document:
    """The document of a version that was read whole, to be written in any format."""
    words = Words(row.language)
    found = document.read(row.document)
    blocks = {
        "recommendations": _recommended(words, queries.recommendations(session, row.id)),
        "followed_up": _followed_up(words, session, row),
    }
    sections = [replace(each, blocks=(*each.blocks, *blocks.get(each.key, []))) for each in found.sections]
    return replace(
        found, sections=tuple(each for each in sections if each.blocks), status=status(words, session, row)
    )


def kind_name(words: Words, kind: str) -> str:
    return {
        "interim": words._("Interim report"),
        "midterm": words._("Midterm report"),
        "final": words._("Final report"),
        "one_page": words._("One page for the steering group"),
    }[kind]


def outcome_name(words: Words, status: str) -> str:
    return {"done": words._("Done"), "partly": words._("Partly done"), "not_done": words._("Not done")}[
        status
    ]


def status(words: Words, session: Session, row: Report) -> str:
    """ "Preliminär, version 2", or who signed it off and when."""
    if row.signed_at is None or row.signed_by is None:
        return words._("Preliminary, version %(version)s", version=words.number(row.version))
    zone = ZoneInfo(queries.project(session, row.project_id).timezone)
    return words._(
        "Final, version %(version)s. Signed off by %(name)s on %(day)s.",
        version=words.number(row.version),
        name=row.signed_by.name,
        day=words.day(row.signed_at.astimezone(zone).date()),
    )


def _recommended(words: Words, found: Sequence[Recommendation]) -> list[Block]:
    if not found:
        return [
            Paragraph(
                words._("[Write recommendations in Följa, so that the next report can follow them up]"),
                "prompt",
            )
        ]
    return [
        Table(
            caption=words._("Recommendations"),
            head=(words._("Recommendation"), words._("To whom"), words._("By when")),
            rows=tuple(
                (
                    Cell(each.text),
                    Cell(each.to_whom or "–"),
                    Cell(words.day(each.due_on) if each.due_on else "–"),
                )
                for each in found
            ),
            numbers_from=3,
        )
    ]


def _followed_up(words: Words, session: Session, row: Report) -> list[Block]:
    earlier = queries.recommendations(session, row.follows_id) if row.follows_id else ()
    if not earlier or row.follows is None:
        return []
    made = row.follows.made_at.astimezone(ZoneInfo(queries.project(session, row.project_id).timezone))
    told = queries.follow_ups(session, row.id)
    rows = []
    for each in earlier:
        outcome = told.get(each.id)
        said = (
            Cell(outcome_name(words, outcome.status), outcome.why)
            if outcome
            else Cell(words._("not followed up yet"))
        )
        rows.append((Cell(each.text), Cell(each.to_whom or "–"), said))
    return [
        Paragraph(
            words._(
                "Recommended in “%(title)s” of %(day)s:",
                title=row.follows.title,
                day=words.day(made.date()),
            )
        ),
        Table(
            caption=words._("What has become of earlier recommendations"),
            head=(words._("Recommendation"), words._("To whom"), words._("What has become of it")),
            rows=tuple(rows),
            numbers_from=3,
        ),
    ]
