"""The measurements of a series as before and after sees them: their questions, and who is the same person."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from surveys.domain.paired import Number
from surveys.domain.privacy import Limit, PrivacyMode
from surveys.domain.telling import Told
from surveys.queries import indexes
from surveys.queries import results as measured
from surveys.results.change_model import Change
from surveys.results.grouped import read_patterns
from surveys.results.joining import Joining
from surveys.results.model import Measurement, QuestionResult
from surveys.results.sheets import Column, Sheets
from surveys.results.table import same_answers

THEN = "_then"
"""What the code of a question about the time before, asked afterwards, ends with: ``knowledge_then``."""


class Looked:
    """One look at all measurements that are shown, since a person may have answered at any of them.

    What is shown of pairs must not hang on which two are chosen, else two choices could be subtracted: the
    measurements stand in their order, chosen or not.
    """

    def __init__(self, session: Session, start: Change, after: Measurement, told: Told) -> None:
        series = start.series
        self.start, self.limit, self.decimals = start, Limit(series.minimum_group), series.decimals
        self.measurements = [each for each in start.choices if each.shown]
        self.questions = [_newest(each.questions) for each in self.measurements]
        rules = [each.rule_code for each in self.measurements]
        self.after = rules.index(after.rule_code)
        before = start.before.rule_code if start.before else None
        self.before = rules.index(before) if before in rules and start.before is not after else None
        self.versions = {
            (questionnaire, version.number): version.id
            for questionnaire, versions in measured.versions(session, series.id).items()
            for version in versions
        }
        self.declared = indexes.of_series(session, series.id)
        keys = {each.key: joinable(each) for each in self.measurements if each.key is not None}
        self.sheets = Sheets(session, list(keys), list(keys.values()))
        patterns = [read_patterns(session, series, each, told) for each in self.measurements]
        asked = [[code for code, each in questions.items() if each.shown] for questions in self.questions]
        self.joining = Joining(self.sheets, self.limit, told, patterns, asked)

    @property
    def joined_at(self) -> tuple[int, int] | None:
        """The two places, where something tells which answers are one person's."""
        if self.before is None:
            return None
        places = self.before, self.after
        return places if all(joinable(self.measurements[place]) for place in places) else None

    def columns_of(self, like: QuestionResult, scale: Mapping[str, Number]) -> list[Column]:
        """Everywhere the question was asked alike and is shown, now or looking back."""
        found = []
        for place, questions in enumerate(self.questions):
            for code in (like.code, like.code + THEN):
                question = questions.get(code)
                if question is not None and question.shown and same_answers(question, like):
                    found.append(self.column_of(place, question, scale))
        return found

    def column_of(self, place: int, question: QuestionResult, scale: Mapping[str, Number]) -> Column:
        number = self.measurements[place].questionnaire_id
        versions = frozenset(self.versions[number, each] for each in question.versions)
        return Column(place, question.code, scale, versions)


def joinable(measurement: Measurement) -> bool:
    return PrivacyMode(measurement.privacy_mode).pairable


def _newest(questions: Sequence[QuestionResult]) -> dict[str, QuestionResult]:
    """By code; of one that was asked with other answers in an older version, that of the newest."""
    found: dict[str, QuestionResult] = {}
    for question in questions:
        found.setdefault(question.code, question)
    return found
