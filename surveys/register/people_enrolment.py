"""How one person takes part in a series: state, group, own dates; taken back, taken away."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import marks
from surveys.followups import planning
from surveys.importing import people_rows
from surveys.models.people import ENROLMENT_STATES, Enrolment
from surveys.models.programme import JsonObject
from surveys.outbox import notices
from surveys.queries import register as queries
from surveys.register import people_consequence
from surveys.register.enrolment import SAID
from surveys.register.people import BadPerson, PersonConflict, PersonGone, noted, remove_untouched


@dataclass(frozen=True)
class Participation:
    """An enrolment as a form shows it."""

    state: str
    work_group: str
    starts: str
    ends: str

    @property
    def mark(self) -> str:
        return marks.mark(asdict(self))


@dataclass(frozen=True)
class Consequence:
    """What a change of an enrolment leads to; ``stopped``: mails to the person that do not go any more."""

    told: JsonObject
    stopped: int
    changed: bool


def participation_of(enrolment: Enrolment) -> Participation:
    return Participation(
        enrolment.state,
        enrolment.work_group or "",
        enrolment.starts_on.isoformat() if enrolment.starts_on else "",
        enrolment.ends_on.isoformat() if enrolment.ends_on else "",
    )


def change_enrolment(
    db: Database,
    enrolment_id: int,
    wanted: Participation,
    seen: str,
    now: datetime,
    user_id: int,
    rehearse: bool = False,
) -> Consequence:
    """Change how somebody takes part: state, work group, own first and last day.

    Withdrawal stops all mails to the person in the series at once; taking it back lets those go that are
    still ahead, and tells what has changed meanwhile of what the person was told. Raises
    :class:`BadPerson`, :class:`PersonGone`, :class:`PersonConflict`.
    """
    with db.transaction(rehearse) as session:
        enrolment = _held_enrolment(session, enrolment_id)
        values = _participation(wanted, enrolment.series.project.timezone)
        stored = participation_of(enrolment)
        changed = any(getattr(enrolment, name) != value for name, value in values.items())
        if changed and stored.mark != seen:
            raise PersonConflict
        before = people_consequence.photograph(session, enrolment.series_id, now, [enrolment_id])
        stopped = _own_mails(session, enrolment) if _ends(enrolment.state, values["state"]) else 0
        if changed:
            action = (
                f"enrolment_{values['state']}" if values["state"] != stored.state else "enrolment_changed"
            )
            noted(session, enrolment.participant, user_id, now, action, f"enrolment:{enrolment.id}")
        for name, value in values.items():
            setattr(enrolment, name, value)
        if _ends(str(values["state"]), stored.state):
            notices.tell_restored(session, enrolment.series_id, [enrolment_id], now)
        planning.refresh_mailings(session, enrolment.series_id, now, [enrolment_id])
        told = people_consequence.consequence(session, enrolment.series_id, before, now, 0)
        if _ends(stored.state, values["state"]):
            stopped += told["dropped_count"] + told["fewer_count"]
        return Consequence(told, stopped, changed)


def remove_enrolment(db: Database, enrolment_id: int, now: datetime, user_id: int) -> None:
    """Take an enrolment away as if it had never been. Raises :class:`CannotRemove`, :class:`PersonGone`."""
    with db.transaction() as session:
        enrolment = _held_enrolment(session, enrolment_id)
        noted(
            session, enrolment.participant, user_id, now, "enrolment_removed", f"series:{enrolment.series_id}"
        )
        remove_untouched(session, enrolment, now)


def _participation(wanted: Participation, zone: str) -> dict[str, object]:
    fields = {"work_group": wanted.work_group, "starts": wanted.starts, "ends": wanted.ends}
    values, faults = people_rows.read_fields(fields, zone)
    starts, ends = values["starts"], values["ends"]
    if starts and ends and ends < starts:
        faults["ends"] = ("ends_before_start", {"field": "ends"})
    if wanted.state not in ENROLMENT_STATES:
        faults["state"] = ("unknown_state", {"field": "state", "value": wanted.state[:40]})
    if faults:
        raise BadPerson(faults)
    return {"state": wanted.state, "work_group": values["work_group"], "starts_on": starts, "ends_on": ends}


def _ends(before: str, after: object) -> bool:
    return before not in SAID and after in SAID


def _own_mails(session: Session, enrolment: Enrolment) -> int:
    return queries.mails_ahead(session, enrolment.id) + queries.reminders_ahead(session, enrolment.id)


def _held_enrolment(session: Session, enrolment_id: int) -> Enrolment:
    enrolment = session.get(Enrolment, enrolment_id, with_for_update={"key_share": True})
    if enrolment is None:
        raise PersonGone
    return enrolment
