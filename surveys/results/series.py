"""Results: from registered to submitted, and what was answered.

Head counts and rates are counted at each look, answers too where they are few; of many what the scheduler has
counted is used (see :mod:`surveys.results.cells`), as long as nothing has come or changed since. An evaluator
is shown somewhat older figures of many answers, and when they were counted.

Suppression (norms: a group shows its whole distribution or nothing but n). The groups are the measurements.
No distribution over several measurements is shown anywhere, so none that is hidden can be had by subtracting
the others from a total; rates and head counts are no answers and are added up freely.

Two looks at a measurement that is still open differ by one person's answers. Rate and n are live for all.
The answers are live only ``as_evaluator``: an evaluator may read responses one by one anyway, and does not
see who has answered. Organisers see that, and readers may not read single responses: both get the answers
once no more can come in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from surveys.answers.form_view import GRACE
from surveys.database import Database
from surveys.domain.privacy import Limit, PrivacyMode
from surveys.domain.questionnaire import Form, ThemeRef, expand, parse
from surveys.domain.questions import TextQuestion
from surveys.domain.statistics import Rate
from surveys.models.followup import FollowUpRule
from surveys.models.programme import Occasion, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.queries import results as queries
from surveys.queries import results_counts as counting
from surveys.queries import tallies, word_spellings
from surveys.queries.results import Asked, Key
from surveys.queries.results_counts import Counts, HeadCounts
from surveys.queries.tallies import Kept, Stand
from surveys.results import cells
from surveys.results.kinds import Alike, share
from surveys.results.model import INVITED, Funnel, Measurement, OccasionInfo, SeriesResults
from surveys.results.questions import Tallied, Texts, tallied_results

_NEVER_ASKED = {"missed": "not_measured", "cancelled": "not_measured"}


class UnknownMeasurement(LookupError):
    """The series has no measurement of that rule at that place."""

    code = "unknown_measurement"


def series_results(db: Database, series_id: int, now: datetime, as_evaluator: bool = True) -> SeriesResults:
    """Return everything there is to show of a series at ``now``; see the module about ``as_evaluator``."""
    with db.reading() as session:
        return read_series(session, series_id, now, as_evaluator)


def read_series(
    session: Session, series_id: int, now: datetime, as_evaluator: bool = True, texts: bool = True
) -> SeriesResults:
    """As :func:`series_results`, in a session for reading that is open already.

    Without ``texts`` there is nothing in people's own words but for "other": they are not read, which of many
    responses takes longer than all else.
    """
    return _Reading(session, series_id, now, as_evaluator, texts).results()


def read_measurement(
    session: Session, series_id: int, rule_code: str, place: str, now: datetime, as_evaluator: bool = True
) -> tuple[SeriesResults, Measurement]:
    """Return one measurement with its questions; of the others only rates. Raises UnknownMeasurement."""
    reading = _Reading(session, series_id, now, as_evaluator)
    outline = reading.outline()
    found = outline.measurement(rule_code, place)
    if found is None or not rule_code:
        raise UnknownMeasurement(f"{rule_code} {place}")
    return outline, reading.with_questions([found])[0]


def read_whole(
    session: Session, series_id: int, now: datetime, as_evaluator: bool = True
) -> tuple[SeriesResults, tuple[Measurement, ...]]:
    """Return the series, and with their questions the measurements asked of it as a whole; of the others
    only rates."""
    reading = _Reading(session, series_id, now, as_evaluator)
    outline = reading.outline()
    whole = [each for each in outline.measurements if each.occasion is None and each.asked]
    return outline, tuple(reading.with_questions(whole))


def read_rates(session: Session, series_id: int, now: datetime, as_evaluator: bool = False) -> SeriesResults:
    """Return the funnel and every measurement's counts and rate, without any answers."""
    return _Reading(session, series_id, now, as_evaluator).outline()


class _Reading:
    """One look at one series."""

    def __init__(
        self, session: Session, series_id: int, now: datetime, as_evaluator: bool, texts: bool = True
    ) -> None:
        self.session, self.now, self.as_evaluator, self.texts = session, now, as_evaluator, texts
        self.series: Series = queries.series_by_id(session, series_id)
        self.limit = Limit(self.series.project.minimum_group)
        self.decimals = self.series.project.decimals
        self.counts = counting.counts(session, series_id)
        self.heads: HeadCounts = counting.head_counts(session, series_id, self.counts)
        self.versions = queries.versions(session, series_id)
        self.occasions = {occasion.id: _occasion(occasion) for occasion in self.series.occasions}
        self._forms: dict[int, Form] = {}
        self.alike: Alike = {}

    def results(self) -> SeriesResults:
        return self._whole(self.with_questions(list(self._measurements())))

    def outline(self) -> SeriesResults:
        return self._whole(list(self._measurements()))

    def with_questions(self, measurements: Sequence[Measurement]) -> list[Measurement]:
        """The measurements with what may be shown of their answers."""
        kept = tallies.kept(self.session, self.series.id)
        self.alike = word_spellings.alike(self.session, self.series.id)
        return [self._with_questions(each, kept) if each.shown else each for each in measurements]

    def _with_questions(self, measurement: Measurement, kept: Mapping[Key, Kept]) -> Measurement:
        key = cast(Key, measurement.key)
        themes = measurement.occasion.themes if measurement.occasion else ()
        versions = {version.id: version for version in self.versions[measurement.questionnaire_id]}
        forms = {id_: expand(self._form(version), themes) for id_, version in versions.items()}
        stand = Stand(measurement.counts.answers, measurement.counts.revisions)
        found = cells.look(self.session, key, forms, kept.get(key), stand, as_it_was=self.as_evaluator)
        tallied = [
            Tallied(versions[id_].number, forms[id_], tally, self._texts(key, id_, forms[id_]))
            for id_, tally in cells.by_version(found.cells).items()
        ]
        questions = tallied_results(tallied, self.limit, self.decimals, alike=self.alike)
        return replace(measurement, questions=questions, counted_at=found.counted_at)

    def _texts(self, key: Key, version_id: int, form: Form) -> Texts:
        codes = [each.code for each in form.questions if isinstance(each, TextQuestion)]
        return queries.texts(self.session, key, version_id, codes) if codes and self.texts else {}

    def _whole(self, measurements: Sequence[Measurement]) -> SeriesResults:
        series, project = self.series, self.series.project
        return SeriesResults(
            id=series.id,
            code=series.code,
            title=series.title,
            audience=series.audience,
            project_code=project.code,
            decimals=project.decimals,
            minimum_group=project.minimum_group,
            funnel=self._funnel(),
            measurements=tuple(measurements),
            generated_note=series.generated_note,
        )

    def _funnel(self) -> Funnel:
        sent = sum(self.counts.values(), Counts())
        kept = self.series.attendance_kept
        return Funnel(
            registered=self.heads.registered,
            present=self.heads.present if kept else None,
            attendances=self.heads.attendances if kept else None,
            invited=self.heads.invited,
            answered=self.heads.answered,
            sent=sent,
            response=share(sent.submitted, sent.invited, self.decimals) if sent.invited else None,
        )

    def _measurements(self) -> Iterator[Measurement]:
        """Before, occasion by occasion (also those never asked about), after and the rest."""
        rules = {rule.id: rule for rule in queries.rules(self.session, self.series.id)}
        # what others have measured stands after our own, wherever either could be meant
        lasts = {rule.code: (rule.outside, rule.position) for rule in rules.values()}
        asked = queries.asked(self.session, self.series.id)
        found = [self._measurement(rules[key.rule_id], key, each) for key, each in asked.items()]
        about = {each.occasion.id for each in found if each.occasion is not None and each.expected}
        # an occasion that no rule asks about is one row, not one a rule
        found = [each for each in found if each.occasion is None or each.expected]
        found += [self._unasked(occasion) for occasion in self.series.occasions if occasion.id not in about]
        order = {occasion.id: position for position, occasion in enumerate(self.series.occasions)}

        def rank(each: Measurement) -> tuple[int, int, bool, int]:
            last = lasts.get(each.rule_code, (False, 0))
            if each.occasion is not None:
                return 1, order[each.occasion.id], *last
            return (0 if each.wave == "pre" else 2), 0, *last

        yield from sorted(found, key=rank)

    def _unasked(self, occasion: Occasion) -> Measurement:
        return Measurement(
            state="cancelled" if occasion.cancelled else "not_measured",
            occasion=self.occasions[occasion.id],
            place=occasion.code,
            registered=self.heads.registered,
            present=self._present(occasion.id),
        )

    def _measurement(self, rule: FollowUpRule, key: Key, asked: Asked) -> Measurement:
        questionnaire = cast(Questionnaire, rule.questionnaire)  # the query leaves the others out
        occasion = self.occasions.get(asked.occasion_id or 0)
        counts = self.counts.get(key, Counts())
        state = self._state(asked, counts)
        shown_from = asked.closes_at if asked.outside else asked.closes_at + GRACE
        return Measurement(
            state=state,
            occasion=occasion,
            rule_code=rule.code,
            place=occasion.code if occasion else "",
            key=key,
            questionnaire_id=questionnaire.id,
            wave=asked.wave or questionnaire.wave,
            questionnaire_code=questionnaire.code,
            title=self._form(self.versions[questionnaire.id][-1]).title,
            privacy_mode=_mode(asked, questionnaire),
            reason=asked.reason,
            due_at=asked.due_at,
            closes_at=asked.closes_at,
            shown_from=shown_from,
            registered=self.heads.registered,
            present=self._present(occasion.id) if occasion else None,
            counts=counts,
            rate=Rate(counts.submitted, counts.invited, INVITED) if counts.invited else None,
            response=share(counts.submitted, counts.invited, self.decimals) if counts.invited else None,
            withheld=self._withheld(counts, shown_from),
            generated_note=questionnaire.generated_note,
            outside=asked.outside,
        )

    def _state(self, asked: Asked, counts: Counts) -> str:
        if asked.outside:
            return "closed"
        if counts.invited or asked.state == "expanded":
            return "open" if self.now < asked.closes_at else "closed"
        return _NEVER_ASKED.get(asked.state, "planned")

    def _withheld(self, counts: Counts, shown_from: datetime) -> str | None:
        if not self.as_evaluator and self.now < shown_from:
            return "until_closed"
        return "too_few" if counts.answers < self.limit else None

    def _present(self, occasion_id: int) -> int | None:
        return self.heads.present_at.get(occasion_id, 0) if self.series.attendance_kept else None

    def _form(self, version: QuestionnaireVersion) -> Form:
        if version.id not in self._forms:
            self._forms[version.id] = parse(version.content)
        return self._forms[version.id]


def _mode(asked: Asked, questionnaire: Questionnaire) -> str:
    """How far answers can be followed: those of others never to a name."""
    if asked.outside is None:
        return questionnaire.privacy_mode
    return (PrivacyMode.PSEUDONYMOUS if asked.joined else PrivacyMode.ANONYMOUS).value


def _occasion(occasion: Occasion) -> OccasionInfo:
    return OccasionInfo(
        id=occasion.id,
        code=occasion.code,
        number=occasion.number,
        title=occasion.title,
        kind=occasion.kind,
        round=occasion.round,
        place=occasion.place,
        starts_on=occasion.starts_wall.date() if occasion.starts_wall else None,
        ends_on=occasion.ends_wall.date() if occasion.ends_wall else None,
        themes=tuple(ThemeRef(theme.code, theme.title) for theme in occasion.themes),
        generated_note=occasion.generated_note,
    )
