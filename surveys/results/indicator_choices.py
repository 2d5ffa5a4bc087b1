"""What an indicator of a project may name: series, organisations, questions with their classes, outcomes."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from surveys.domain.indicator_definition import Known
from surveys.domain.indicators import index_path
from surveys.domain.questionnaire import parse
from surveys.domain.questions import ScaleQuestion
from surveys.domain.statistics import swedish_order
from surveys.domain.texts import LocalText
from surveys.models.programme import Project
from surveys.queries import indexes, outcomes, projects, register
from surveys.queries import indicators as queries
from surveys.queries import results as result_queries
from surveys.results.table import ELLIPSIS


@dataclass(frozen=True)
class Offered:
    """A question that can be asked about: ``path`` names it, ``classes`` (code, label) stand lowest first."""

    path: str
    series: str
    questionnaire: LocalText
    text: LocalText
    classes: tuple[tuple[str, LocalText], ...]
    wave: str = ""


@dataclass(frozen=True)
class Choices:
    """``series`` and ``organisations`` are (code, title), ``outcomes`` the kinds that are declared."""

    series: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    questions: tuple[Offered, ...]
    outcomes: tuple[str, ...]
    limit: int
    indexes: tuple[tuple[str, str, str], ...] = ()  # path, name, title of its series
    work_groups: tuple[str, ...] = ()

    @property
    def known(self) -> Known:
        return Known(
            series=[code for code, _ in self.series],
            organisations=[code for code, _ in self.organisations],
            questions={each.path: [code for code, _ in each.classes] for each in self.questions},
            limit=self.limit,
            indexes=[path for path, _, _ in self.indexes],
            outcomes=self.outcomes,
            work_groups=self.work_groups,
        )

    @property
    def again(self) -> tuple[Offered, ...]:
        """The questions that were asked before as well, under the same code and with the same classes."""
        before = {_asked(each) for each in self.questions if each.wave == "pre"}
        return tuple(each for each in self.questions if each.wave != "pre" and _asked(each) in before)

    def question(self, path: str) -> Offered | None:
        return next((each for each in self.questions if each.path == path), None)


def choices(session: Session, project: Project) -> Choices:
    """What can be chosen now."""
    series = projects.series_of(session, project.id)
    offered: dict[str, Offered] = {}
    for each in series:
        for question in _questions(session, each.id, each.code, each.title):
            offered.setdefault(question.path, question)
    organisations = register.organisations(session, project.id)
    return Choices(
        tuple((each.code, each.title) for each in series),
        tuple((each.code, each.name) for each in organisations),
        tuple(offered.values()),
        tuple(each.name for each in outcomes.kinds(session, project.id)),
        project.minimum_group,
        tuple(
            (index_path(each.code, index.minimum, index.questions), index.name, each.title)
            for each in series
            for index in indexes.of_series(session, each.id)
        ),
        tuple(sorted(queries.work_groups(session, project.id), key=swedish_order)),
    )


def _questions(session: Session, series_id: int, code: str, title: str) -> Iterator[Offered]:
    """The scales that a series asks, as the newest version of each questionnaire has them."""
    done: set[int] = set()
    found = result_queries.versions(session, series_id)
    for rule in result_queries.rules(session, series_id):
        questionnaire = rule.questionnaire
        if questionnaire is None or questionnaire.id in done or not found.get(questionnaire.id):
            continue
        done.add(questionnaire.id)
        form = parse(found[questionnaire.id][-1].content)
        for question in form.questions:
            if isinstance(question, ScaleQuestion):
                classes = tuple((point.code, point.label) for point in question.scale.points)
                path = f"{code}/{questionnaire.code}/{question.code}"
                text = {
                    language: each.replace("{theme}", ELLIPSIS) for language, each in question.text.items()
                }
                yield Offered(path, title, form.title, text, classes, questionnaire.wave)


def _asked(question: Offered) -> tuple[str, str, tuple[str, ...]]:
    series, _, code = question.path.split("/")
    return series, code, tuple(code for code, _ in question.classes)
