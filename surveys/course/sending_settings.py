"""When a project's mails may go: quiet hours, week-ends, holidays, and how many a person gets in a week."""

from dataclasses import asdict, dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import marks
from surveys.domain.faults import Faulty
from surveys.followups import planning
from surveys.followups.difference import Difference, difference, photograph_project
from surveys.models.deeds import Deed
from surveys.models.programme import Project
from surveys.queries import projects

MOST_A_WEEK = 50
LEAST_OPEN_MINUTES = 60  # of a day; fewer, and what is put off would go all at once or not at all


@dataclass(frozen=True)
class SendingSettings:
    """Times are by the clock of the project's zone; ``quiet_from`` may be later than ``quiet_to``: over
    midnight. None for both: no quiet hours. ``weekly_cap`` None: no cap.
    """

    quiet_from: time | None = None
    quiet_to: time | None = None
    quiet_weekends: bool = False
    quiet_holidays: bool = False
    weekly_cap: int | None = None

    @property
    def mark(self) -> str:
        return marks.mark(asdict(self))


class BadSendingSettings(Faulty):
    """Settings that cannot be; ``faults`` maps a field to a stable code."""

    code = "bad_sending_settings"


class SendingSettingsConflict(Exception):
    """Somebody else has changed the settings meanwhile; ``stored`` is what they are now."""

    code = "sending_settings_conflict"

    def __init__(self, stored: SendingSettings) -> None:
        super().__init__()
        self.stored = stored


def settings_of(project: Project) -> SendingSettings:
    return SendingSettings(**{name: getattr(project, name) for name in SendingSettings.__dataclass_fields__})


def change_sending(
    db: Database,
    project_id: int,
    wanted: SendingSettings,
    seen: str,
    user_id: int | None,
    now: datetime,
    *,
    rehearse: bool = False,
) -> Difference:
    """Change when mails may go, move what is not sent yet accordingly, and return what that alters.

    ``seen`` is the mark of the settings that the change was made from. Raises
    :class:`BadSendingSettings`, or :class:`SendingSettingsConflict` where they have become others meanwhile.
    """
    if faults := _faults(wanted):
        raise BadSendingSettings(faults)
    with db.transaction(rehearse) as session:
        project = projects.hold_project(session, project_id)
        stored = settings_of(project)
        if seen != stored.mark and wanted != stored:
            raise SendingSettingsConflict(stored)
        return _changed(session, project, wanted, user_id, now)


def _changed(
    session: Session, project: Project, wanted: SendingSettings, user_id: int | None, now: datetime
) -> Difference:
    before, stored = photograph_project(session, project.id, now), settings_of(project)
    for name, value in asdict(wanted).items():
        setattr(project, name, value)
    planning.refresh_project(session, project.id, now)
    if wanted != stored:
        deed = Deed(
            project_id=project.id,
            user_id=user_id,
            done_at=now,
            action="sending_settings",
            subject=f"project:{project.id}",
            details={"before": _plain(stored), "after": _plain(wanted)},
        )
        session.add(deed)
    return difference(before, photograph_project(session, project.id, now))


def _plain(settings: SendingSettings) -> dict[str, str | int | bool | None]:
    return {
        name: value.strftime("%H:%M") if isinstance(value, time) else value
        for name, value in asdict(settings).items()
    }


def _faults(wanted: SendingSettings) -> dict[str, str]:
    faults = {}
    if wanted.quiet_from is None and wanted.quiet_to is not None:
        faults["quiet_from"] = "half"
    elif wanted.quiet_to is None and wanted.quiet_from is not None:
        faults["quiet_to"] = "half"
    elif wanted.quiet_from is not None and _open_minutes(wanted) < LEAST_OPEN_MINUTES:
        faults["quiet_to"] = "all_day"
    if wanted.weekly_cap is not None and not 1 <= wanted.weekly_cap <= MOST_A_WEEK:
        faults["weekly_cap"] = "out_of_range"
    return faults


def _open_minutes(wanted: SendingSettings) -> int:
    """How many minutes of a day are not quiet; 0 where it begins when it ends."""
    begins, ends = wanted.quiet_from or time(), wanted.quiet_to or time()
    return ((begins.hour - ends.hour) * 60 + begins.minute - ends.minute) % (24 * 60)
