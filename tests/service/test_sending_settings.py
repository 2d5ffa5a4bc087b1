"""When a project's mails may go: what can be set, what it moves, and that showing it changes nothing."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from surveys.course import sending_settings
from surveys.course.sending_settings import BadSendingSettings, SendingSettings, SendingSettingsConflict
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.programme import Project
from tests.support.small import load_small
from tests.support.staffed import LOADED

HOURS = SendingSettings(time(17), time(7), quiet_weekends=True)
HOME = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("wanted", "faults"),
    [
        (SendingSettings(), {}),
        (SendingSettings(time(20), time(7)), {}),
        (SendingSettings(time(0), time(23)), {}),
        (SendingSettings(time(8), time(8)), {"quiet_to": "all_day"}),
        (SendingSettings(time(8), time(7, 30)), {"quiet_to": "all_day"}),
        (SendingSettings(time(20)), {"quiet_to": "half"}),
        (SendingSettings(None, time(7)), {"quiet_from": "half"}),
        (SendingSettings(weekly_cap=1), {}),
        (SendingSettings(weekly_cap=0), {"weekly_cap": "out_of_range"}),
        (SendingSettings(weekly_cap=-3), {"weekly_cap": "out_of_range"}),
        (SendingSettings(weekly_cap=51), {"weekly_cap": "out_of_range"}),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_can_be_set(installation: Installation, wanted: SendingSettings, faults: dict[str, str]) -> None:
    load_small(installation, LOADED)
    project_id = of_project(installation).id
    change = (installation.database, project_id, wanted, SendingSettings().mark, None, LOADED)
    if not faults:
        sending_settings.change_sending(*change)
        return
    with pytest.raises(BadSendingSettings) as bad:
        sending_settings.change_sending(*change)
    assert bad.value.faults == faults


def test_what_is_shown_first_is_what_then_happens(installation: Installation) -> None:
    load_small(installation, LOADED)
    project, before = of_project(installation), dues(installation)
    change = (installation.database, project.id, HOURS, SendingSettings().mark, None, LOADED)
    shown = sending_settings.change_sending(*change, rehearse=True)
    assert dues(installation) == before
    assert of_project(installation).quiet_from is None
    done = sending_settings.change_sending(*change)
    assert done == shown
    after = dues(installation)
    assert len(shown.moved) == sum(before[each] != after[each] for each in before)
    assert shown.moved
    for due in after.values():
        local = due.astimezone(HOME)
        assert time(7) <= local.time() < time(17), local
        assert local.weekday() < 5, local
    # Twice changes nothing, and leaves one deed.
    again = sending_settings.change_sending(
        installation.database, project.id, HOURS, HOURS.mark, None, LOADED + timedelta(minutes=1)
    )
    assert again.is_empty
    with installation.database.reading() as session:
        deed = session.scalars(select(Deed).where(Deed.action == "sending_settings")).one()
        assert deed.details == {
            "before": plain(SendingSettings()),
            "after": plain(HOURS),
        }


def test_going_back_puts_everything_back(installation: Installation) -> None:
    load_small(installation, LOADED)
    project, before = of_project(installation), dues(installation)
    db = installation.database
    sending_settings.change_sending(db, project.id, HOURS, SendingSettings().mark, None, LOADED)
    sending_settings.change_sending(db, project.id, SendingSettings(), HOURS.mark, None, LOADED)
    assert dues(installation) == before


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_two_at_once_do_not_overwrite_each_other(installation: Installation) -> None:
    load_small(installation, LOADED)
    project, db, seen = of_project(installation), installation.database, SendingSettings().mark
    sending_settings.change_sending(db, project.id, HOURS, seen, None, LOADED)
    with pytest.raises(SendingSettingsConflict) as conflict:
        sending_settings.change_sending(db, project.id, SendingSettings(weekly_cap=2), seen, None, LOADED)
    assert conflict.value.stored == HOURS
    sending_settings.change_sending(db, project.id, HOURS, seen, None, LOADED)  # the same: no harm


def of_project(installation: Installation) -> Project:
    with installation.database.reading() as session:
        found = session.scalars(select(Project)).one()
        session.expunge_all()
        return found


def dues(installation: Installation) -> dict[int, datetime]:
    with installation.database.reading() as session:
        return {each.id: each.due_at for each in session.scalars(select(Mailing))}


def plain(settings: SendingSettings) -> dict[str, object]:
    return {
        "quiet_from": settings.quiet_from and settings.quiet_from.strftime("%H:%M"),
        "quiet_to": settings.quiet_to and settings.quiet_to.strftime("%H:%M"),
        "quiet_weekends": settings.quiet_weekends,
        "quiet_holidays": settings.quiet_holidays,
        "weekly_cap": settings.weekly_cap,
    }
