"""The responses of several measurements with what joins one person's, for laying them beside each other."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple, cast

from sqlalchemy import Text, or_, select
from sqlalchemy import cast as cast_as
from sqlalchemy.orm import Session

from surveys.models.response import Response
from surveys.queries.results import Key, at_target, key

AT_A_TIME = 5_000


class Sheet(NamedTuple):
    """A submitted response. ``person`` is None where nothing joins it to others; ``answers`` is JSON."""

    rule_id: int
    target: str
    version_id: int
    person: str | None
    answers: str

    @property
    def place(self) -> Key:
        return key(self.rule_id, self.target)


def sheets(session: Session, places: Mapping[Key, object]) -> Iterator[Sheet]:
    """Yield the submitted responses of these measurements, ordered by their random ids."""
    wanted = (
        select(
            Response.rule_id,
            Response.target,
            Response.version_id,
            Response.pairing_key,
            cast_as(Response.answers, Text),  # parsed once by the reader
        )
        .where(
            Response.submitted_at.is_not(None),
            or_(*((Response.rule_id == each.rule_id) & at_target(each.target) for each in places)),
        )
        .order_by(Response.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    with closing(session.execute(wanted)) as rows:
        for row in cast(Iterator[tuple[int, str, int, str | None, str]], rows):
            yield Sheet(*row)
