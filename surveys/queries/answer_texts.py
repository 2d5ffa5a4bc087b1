"""What people wrote in their own words, by the index of it: counted, searched, a page at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    and_,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from surveys.domain.searching import Search
from surveys.models.answer_text import FOUND, AnswerText, TextBacklog, vector
from surveys.models.followup import FollowUpRule
from surveys.models.questionnaire import QuestionnaireVersion

_FOUND = table(FOUND, column("rowid"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: a measurement (``queries.results.Key``), a version (id) and a question's code."""

    rule_id: int
    target: str
    version_id: int
    code: str


def counted(session: Session, series_id: int) -> dict[Place, int]:
    """How many texts there are at each place of a series."""
    place = (AnswerText.rule_id, AnswerText.target, AnswerText.version_id, AnswerText.code)
    rules = select(FollowUpRule.id).where(FollowUpRule.series_id == series_id)
    found = session.execute(
        select(*place, func.count()).where(AnswerText.rule_id.in_(rules)).group_by(*place)
    )
    return {
        Place(rule_id, target, version_id, code): many for rule_id, target, version_id, code, many in found
    }


def version_ids(session: Session, numbers: Iterable[int]) -> dict[tuple[int, int], int]:
    """The versions of questionnaires (ids): questionnaire (id) and number → id."""
    rows = session.execute(
        select(
            QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.number, QuestionnaireVersion.id
        ).where(QuestionnaireVersion.questionnaire_id.in_(list(numbers)))
    )
    return {(questionnaire, number): id_ for questionnaire, number, id_ in rows}


def is_behind(session: Session, series_id: int) -> bool:
    """Whether answers of a series are still waiting to be indexed."""
    waiting = select(TextBacklog.rule_id).join(FollowUpRule, FollowUpRule.id == TextBacklog.rule_id)
    return session.scalar(waiting.where(FollowUpRule.series_id == series_id).limit(1)) is not None


def how_many(session: Session, places: Collection[Place], wanted: Search) -> int:
    """How many texts at these places hold what is wanted."""
    fitting = (_at(places), *_holding(session, wanted))
    return session.scalar(select(func.count()).select_from(AnswerText).where(*fitting)) or 0


def texts(
    session: Session, places: Collection[Place], wanted: Search, offset: int, limit: int
) -> Sequence[tuple[Place, str]]:
    """Those texts in Swedish alphabetical order, from ``offset`` on."""
    place = (AnswerText.rule_id, AnswerText.target, AnswerText.version_id, AnswerText.code)
    rows = session.execute(
        select(*place, AnswerText.text)
        .where(_at(places), *_holding(session, wanted))
        .order_by(AnswerText.place, AnswerText.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        (Place(rule_id, target, version_id, code), text) for rule_id, target, version_id, code, text in rows
    ]


def _at(places: Iterable[Place]) -> ColumnElement[bool]:
    codes: dict[tuple[int, str, int], list[str]] = {}
    for each in places:
        codes.setdefault((each.rule_id, each.target, each.version_id), []).append(each.code)
    return or_(
        false(),
        *(
            and_(
                AnswerText.rule_id == rule_id,
                AnswerText.target == target,
                AnswerText.version_id == version_id,
                AnswerText.code.in_(some),
            )
            for (rule_id, target, version_id), some in codes.items()
        ),
    )


def _holding(session: Session, wanted: Search) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    return _postgresql(wanted) if session.get_bind().dialect.name == "postgresql" else _sqlite(wanted)


def _sqlite(wanted: Search) -> list[ColumnElement[bool]]:
    asked = [f'stems : "{each}"' for each in wanted.stems]
    asked += [f'stems : "{" ".join(each)}"' for each in wanted.phrases]
    asked += [f'words : "{each}" *' for each in wanted.beginnings]
    matching = literal_column(FOUND).op("MATCH")(" AND ".join(asked))
    return [AnswerText.id.in_(select(_FOUND.c.rowid).where(matching))]


def _postgresql(wanted: Search) -> list[ColumnElement[bool]]:
    """Words are looked up as they stand, for they are stemmed; phrases among what holds all their words."""
    stems = dict.fromkeys([*wanted.stems, *(stem for phrase in wanted.phrases for stem in phrase)])
    found = []
    if stems:
        found.append(_vector("stems", " & ".join(f"'{each}'" for each in stems)))
    if wanted.beginnings:
        found.append(_vector("words", " & ".join(f"'{each}':*" for each in wanted.beginnings)))
    together = literal(" ").concat(AnswerText.stems).concat(" ")
    found += [func.strpos(together, f" {' '.join(each)} ") > 0 for each in wanted.phrases]
    return found


def _vector(column: str, asked: str) -> ColumnElement[bool]:
    return literal_column(vector(f"answer_text.{column}")).op("@@")(cast(asked, TSQUERY))
