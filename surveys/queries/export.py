"""What an export of responses reads: the rows as the database has them, in an order that tells nothing."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import NamedTuple
from typing import cast as cast_to

from sqlalchemy import ColumnElement, Text, case, cast, func, select
from sqlalchemy.orm import Session

from surveys.models.response import Response
from surveys.queries.results import PERSONAL, Key

AT_A_TIME = 1_000  # more is no quicker, and some three times as many are in memory at once


class ResponseRow(NamedTuple):
    """A submitted response; ``background`` and ``answers`` are JSON as text, parsed once by the reader."""

    id: str
    version_id: int
    pairing_key: str | None
    language: str
    source: str
    background: str
    answers: str
    submitted_at: datetime


def versions_used(session: Session, place: Key) -> list[int]:
    """Return the ids of the versions that the responses of a measurement were given on."""
    return list(session.scalars(select(Response.version_id).where(*_submitted(place)).distinct()))


def responses(session: Session, place: Key) -> Iterator[ResponseRow]:
    """Yield the submitted responses of a measurement, ordered by their random ids."""
    wanted = (
        select(
            cast(Response.id, Text),  # as text: an object for each would cost more than all its cells
            Response.version_id,
            # What nobody was asked for is a person's of its own, unless it is known whose: a blank would tell
            # it from the others.
            # Of sealed answers those that nothing joins are blank once the key is destroyed.
            case(
                (
                    Response.uncoded & (Response.privacy_mode == "pseudonymous"),
                    func.coalesce(Response.pairing_key, cast(Response.id, Text)),
                ),
                else_=Response.pairing_key,
            ),
            Response.language,
            Response.source,
            cast(Response.background, Text),
            cast(Response.answers, Text),
            Response.submitted_at,
        )
        .where(*_submitted(place))
        .order_by(Response.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    with closing(session.execute(wanted)) as rows:
        yield from cast_to(Iterator[ResponseRow], rows)


def _submitted(place: Key) -> tuple[ColumnElement[bool], ...]:
    at_target = (
        Response.target.startswith(f"{PERSONAL}:")
        if place.target == PERSONAL
        else Response.target == place.target
    )
    return Response.rule_id == place.rule_id, at_target, Response.submitted_at.is_not(None)
