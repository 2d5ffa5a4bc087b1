"""The responses of several measurements with what joins one person's, for laying them beside each other."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import cast

from sqlalchemy import Text, or_, select
from sqlalchemy import cast as cast_as
from sqlalchemy.orm import Session

from surveys.models.response import Response
from surveys.queries.results import Key, at_target

AT_A_TIME = 5_000


Sheet = tuple[int, str, int, str | None, str, str, str, str]
"""A submitted response: its rule, target and version (id), what joins it to others (None: nothing), its
answers as JSON, its background as JSON, its language and its source. Plain, since thousands are read at a
time.
"""


def sheets(session: Session, places: Mapping[Key, object]) -> Iterator[Sheet]:
    """Yield the submitted responses of these measurements, ordered by their random ids."""
    wanted = (
        select(
            Response.rule_id,
            Response.target,
            Response.version_id,
            Response.pairing_key,
            cast_as(Response.answers, Text),  # parsed once by the reader
            cast_as(Response.background, Text),
            Response.language,
            Response.source,
        )
        .where(
            Response.submitted_at.is_not(None),
            or_(*((Response.rule_id == each.rule_id) & at_target(each.target) for each in places)),
        )
        .order_by(Response.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    with closing(session.execute(wanted)) as rows:
        yield from cast(Iterator[Sheet], rows)
