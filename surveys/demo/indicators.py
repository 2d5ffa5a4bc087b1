"""The indicators of the demo: targets and outcomes as the evaluation printed them, noted with their source.

The register of the demo holds five of the ten occasions of *Bredd* and one of the series of *Samrehab*, so
what was printed is noted as a figure from outside, and what the register gives stands beside it. Which
question each share is taken from the evaluation does not tell: chosen here, and said so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from surveys.demo.figures import Figures
from surveys.domain.indicator_definition import Known
from surveys.domain.indicators import Kind
from surveys.installation import Installation
from surveys.queries.projects import project_by_code
from surveys.results import indicator_acts, readings
from surveys.results.indicator_choices import choices

PROJECT = "storstadsintegration"
BEGINS, ENDS = "2010-11-01", "2013-01-31"
REVISED = "2012-02-01"
SOURCE = "Publicerad utvärdering 2013"
NOT_TOLD = "Framgår inte av utvärderingen"
LATER = timedelta(days=90)
FEWER = {
    "sv": "Registret i demonstrationen har fem av de tio tillfällena, så det ger färre än utvärderingen. "
    "Vilka som var poliser är påhittat.",
    "en": "The register of the demonstration has five of the ten occasions, so it gives fewer than the "
    "evaluation. Who was a police officer is invented.",
}
CHOSEN = {
    "sv": "Målet är utvärderingens. Vilken fråga det mäts med framgår inte; den är vald här, och svaren är "
    "genererade.",
    "en": "The target is the evaluation’s. Which question measures it is not told; it is chosen here, and "
    "the answers are generated.",
}

Raw = dict[str, str]


@dataclass
class _Making:
    installation: Installation
    project_id: int
    known: Known
    now: datetime

    def add(
        self, kind: Kind, title: str, note: Mapping[str, str] | None = None, whole: str = "", **raw: Any
    ) -> str:
        questions = raw.pop("questions", [])
        series = raw.pop("series", [])
        filled = {"title": title, "reads_on": ENDS, "decided_on": BEGINS, **raw}
        many = {"questions": questions, "series": series}
        return indicator_acts.add_indicator(
            self.installation.database,
            self.project_id,
            kind,
            filled,
            many,
            self.known,
            None,
            self.now,
            whole,
            note,
        )

    def revise(self, code: str, **raw: str) -> None:
        why = {"reason": NOT_TOLD, "approved_by": NOT_TOLD, "decided_on": REVISED, "reads_on": ENDS}
        database, project = self.installation.database, self.project_id
        indicator_acts.revise(database, project, code, 1, why | raw, {}, self.known, None, self.now)

    def note(self, code: str, value: int) -> None:
        raw = {"value": str(value), "on": ENDS, "source": SOURCE}
        readings.type_reading(self.installation.database, self.project_id, code, raw, None, self.now)


def add_indicators(installation: Installation, figures: Figures, now: datetime) -> None:
    """Set the five targets and read those whose date has passed."""
    with installation.database.reading() as session:
        project = project_by_code(session, PROJECT)
        if project is None:
            raise LookupError(PROJECT)
        making = _Making(installation, project.id, choices(session, project).known, now)
    printed: dict[str, dict[str, Any]] = figures.data["indicators"]
    _polisen(making, printed["polisen"])
    samrehab = making.add(
        Kind.OUTSIDE,
        "Deltagare i Samrehab",
        unit="personer",
        target=str(printed["samrehab"]["target"]),
    )
    making.note(samrehab, printed["samrehab"]["outcome"])
    _shares(making, printed, now.date())
    readings.take_due(installation.database, now)


def _polisen(making: _Making, printed: Mapping[str, Any]) -> None:
    unit = "personer"
    title = "Deltagare i Bredd, Polisen"
    code = making.add(Kind.OUTSIDE, title, target=str(printed["target_initial"]), unit=unit)
    making.revise(code, title=title, target=str(printed["target_revised"]), unit=unit)
    making.note(code, printed["outcome"])
    for title, sex in (("Kvinnor", "women"), ("Män", "men")):
        making.note(making.add(Kind.OUTSIDE, title, whole=code, unit=unit), printed[sex])
    making.add(
        Kind.HEAD_COUNT,
        "Polisen i Bredd, enligt registret",
        FEWER,
        stage="present",
        series=["bredd"],
        organisation="polisen",
    )


def _shares(making: _Making, printed: Mapping[str, Any], today: date) -> None:
    percent = {name: str(each.get("target_percent", "")) for name, each in printed.items()}
    making.add(
        Kind.PAIRS,
        "Ökad medvetenhet om samverkan",
        CHOSEN,
        questions=["offensivt/eftermatning/same_picture"],
        target=percent["samverkan"],
    )
    making.add(
        Kind.SHARE,
        "Kännedom om myndigheternas ansvarsområden",
        CHOSEN,
        questions=["offensivt/eftermatning/knows_others"],
        threshold="4",
        target=percent["ansvarsomraden"],
    )
    making.add(
        Kind.SHARE,
        "Upplevd ökad kompetens, The Bridge",
        CHOSEN,
        questions=["england/uppfoljningstraff/useful"],
        threshold="3",
        target=percent["kompetens"],
        # the trips are moved in time, so that the questionnaire is still open
        reads_on=(today + LATER).isoformat(),
    )
