"""A programme (project, series, occasions, rules, questionnaires, people) goes in and out as a whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from surveys.course.programme_load import dumping, indicators, outcome_kinds, people, plan, rules
from surveys.course.programme_load.tally import Counts, Loading
from surveys.database import Database
from surveys.followups import planning
from surveys.importing.faults import ProgrammeFaults
from surveys.importing.programme_file import ProgrammeFile
from surveys.queries.programme import project_by_code
from surveys.register.enrolment import raise_states

__all__ = ["Counts", "LoadReport", "ProgrammeFaults", "UnknownProject", "dump", "load"]

Progress = Callable[[str], None]  # told the code of each series as it begins


class UnknownProject(Exception):
    """No project has this code; ``project`` says which."""

    code = "unknown_project"

    def __init__(self, project: str) -> None:
        super().__init__(project)
        self.project = project


@dataclass(frozen=True)
class LoadReport:
    """What a load did: counts per noun, and the codes of participants the file does not mention (kept)."""

    counts: dict[str, Counts]
    absent: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return any(counts.changes for counts in self.counts.values())


def load(
    db: Database, document: ProgrammeFile, now: datetime, progress: Progress = lambda _series: None
) -> LoadReport:
    """Make the project as ``document`` says, in one transaction; what is unsent follows.

    Loading the same again changes nothing. What the document leaves out: occasions and rules that nobody
    has been asked about are removed, everything else is kept. Raises :class:`ProgrammeFaults` where it
    would undo what has been sent or answered; then nothing is changed.
    """
    with db.transaction() as session:
        loading = Loading(session, document, now)
        project = plan.load_project(loading)
        questionnaires = rules.load_questionnaires(loading, project)
        participants = people.load_participants(loading, project)
        series = list(plan.load_series(loading, project))
        for entry in series:
            progress(entry.row.code)
            plan.load_occasions(loading, entry)
            rules.load_rules(loading, questionnaires, entry)
            enrolments = people.load_enrolments(loading, project, entry, participants)
            people.load_attendance(loading, entry, enrolments)
        outcome_kinds.load_outcome_kinds(loading, project)
        indicators.load_indicators(loading, project)
        if loading.faults:
            raise ProgrammeFaults(loading.faults)
        for entry in series:
            raise_states(session, entry.row)
            planning.refresh_mailings(session, entry.row.id, now)
        return LoadReport(loading.counts, tuple(loading.absent))


def dump(db: Database, project_code: str) -> ProgrammeFile:
    """Return a project as the document that would make it; raises :class:`UnknownProject`."""
    with db.reading() as session:
        project = project_by_code(session, project_code)
        if project is None:
            raise UnknownProject(project_code)
        return dumping.document_of(session, project)
