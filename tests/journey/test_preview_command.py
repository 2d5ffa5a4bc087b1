"""``folja scheduler preview`` says what a mail gives way to."""

from collections.abc import Callable
from datetime import datetime, time

import time_machine
from sqlalchemy import select

from surveys.followups import planning
from surveys.installation import Installation
from surveys.models.programme import Project
from tests.journey.test_scheduler import command

__all__ = ["command"]  # the fixture


def test_preview_says_what_a_mail_gives_way_to(
    command: Callable[..., str],
    sqlite_installation: Installation,
) -> None:
    with sqlite_installation.database.transaction() as session:
        project = session.scalars(select(Project)).one()
        project.quiet_from, project.quiet_to = time(18), time(8)
        planning.refresh_project(session, project.id, datetime.fromisoformat("2027-01-12T08:00+00:00"))
    said = command("scheduler", "preview", "--from", "2027-02-02T08:00+01:00", "--days", "2")
    assert "deferred from Tue\u00a02\u00a0Feb\u00a02027 at\u00a018:30: quiet hours" in said
    assert "Wed\u00a03\u00a0Feb\u00a02027" in said


def test_what_goes_before_the_day_asked_for_is_left_out(command: Callable[..., str]) -> None:
    with time_machine.travel("2027-01-12T08:00+00:00"):
        said = command("scheduler", "preview", "--from", "2027-02-02T08:00+01:00", "--days", "2")
    assert "Tue\u00a02\u00a0Feb\u00a02027" in said
    assert "fore:" not in said
    with time_machine.travel("2027-02-02T07:00+00:00"):
        assert "fore:" in command("scheduler", "preview", "--days", "2")
