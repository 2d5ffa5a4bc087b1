"""``folja scheduler``: one pass as if it were another time, and what will be sent."""

import os
from collections import Counter
from datetime import datetime
from itertools import groupby

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from surveys import clock
from surveys.commands import Failed, first_line, opened
from surveys.commands.language import _, current, ngettext
from surveys.domain import dates
from surveys.followups import planning, preview
from surveys.followups.preview import LeftOut, Person, PlannedMail, Why
from surveys.installation import Installation
from surveys.mail.deliver import transport_for
from surveys.mail.office import Office
from surveys.mail.outgoing import Skipped
from surveys.outbox.dispatching import Dispatch

SHOWN_NAMES = 5
WIDTH_OF_FILES = 160


class MomentType(click.ParamType[datetime]):
    """A moment with an offset, ``2026-12-01T18:00+01:00``."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(_("Not a date and time that exists: %(text)s", text=value), param, ctx)
        if moment.tzinfo is None:
            self.fail(
                _("Say the offset too, as in 2026-12-01T18:00+01:00. Given: %(text)s", text=value), param, ctx
            )
        return moment


@click.group()
def scheduler() -> None:
    """Planning and sending: one pass as if it were another time, and what lies ahead."""


@scheduler.command()
@click.option("--at", type=MomentType(), required=True, help="The moment, with its offset.")
def tick(at: datetime) -> None:
    """Plan and send everything that is due, as if it were the moment --at.

    Mails go into the mailbox folder, never to a mail server.
    """
    with opened() as installation:
        try:
            before = planning.states(installation.database)
            planned, sent = _tick(installation, at)
            after = planning.states(installation.database)
        except SQLAlchemyError as error:
            raise Failed(_("The database does not answer: %(reason)s", reason=first_line(error))) from error
        folder = installation.settings.mailbox
    click.echo(ngettext("%(num)s mailing was due.", "%(num)s mailings were due.", planned))
    if missed := after["missed"] - before["missed"]:
        click.echo(ngettext("%(num)s of them was missed.", "%(num)s of them were missed.", missed))
    if waiting := after["waiting"] - before["waiting"]:
        click.echo(
            ngettext("%(num)s of them waits for attendance.", "%(num)s of them wait for attendance.", waiting)
        )
    if not sent:
        click.echo(_("There was no mail to send."))
        return
    for state, count in sorted(sent.items()):
        click.echo(f"{_state(state)}: {count}")
    if sent["sent"]:
        click.echo(_("They are in %(folder)s.", folder=folder))


def _tick(installation: Installation, at: datetime) -> tuple[int, Counter[str]]:
    planned = 0
    while planning.expand_next(installation.database, installation.keys, at):
        planned += 1
    office = Office(installation.settings)
    way = transport_for(office, as_if=True)
    sent: Counter[str] = Counter()
    with Dispatch(installation, office, way, f"tick:{os.getpid()}", lambda: at, lambda: 0.5) as dispatch:
        while (result := dispatch.one()) is not None:
            sent[result.state if isinstance(result, Skipped) else result.kind] += 1
    return planned, sent


@scheduler.command("preview")
@click.option(
    "--from",
    "start",
    type=MomentType(),
    help="From which moment, with its offset; else now. What goes before it is left out.",
)
@click.option("--days", type=click.IntRange(1, 3660), default=60, show_default=True, help="How many days.")
@click.option("--project", help="Code of a project; else all.")
@click.option("--all", "everyone", is_flag=True, help="Every name, not only the first ones.")
def preview_(start: datetime | None, days: int, project: str | None, everyone: bool) -> None:
    """Show what will be sent to whom, and why; and who is left out, and why."""
    now = clock.now()
    begin = start or now
    with opened() as installation:
        try:
            ahead = preview.preview(installation.database, installation.keys, begin, days, now, project)
        except SQLAlchemyError as error:
            raise Failed(_("The database does not answer: %(reason)s", reason=first_line(error))) from error
    if not ahead:
        click.echo(
            ngettext("Nothing to send within %(num)s day.", "Nothing to send within %(num)s days.", days)
        )
        return
    console = Console() if os.isatty(1) else Console(width=WIDTH_OF_FILES)
    most = None if everyone else SHOWN_NAMES
    for day, mails in groupby(sorted(ahead, key=lambda each: each.wall), lambda each: each.wall.date()):
        console.print(_table(dates.day(day, current()), list(mails), most), markup=False)


def _table(title: str, mails: list[PlannedMail], most: int | None) -> Table:
    table = Table(title=title, title_justify="left", show_lines=True, expand=False)
    for heading in (_("Time"), _("What"), _("Why"), _("To"), _("Left out")):
        table.add_column(heading, overflow="fold")
    for mail in mails:
        time = dates.clock(mail.wall, current())
        # Cells are texts of other people: as they stand, without rich's markup.
        cells = (
            f"{time}\n{dates.city(mail.zone)}",
            _what(mail),
            _why(mail),
            _to(mail, most),
            _without(mail, most),
        )
        table.add_row(*(cell.replace("[", r"\[") for cell in cells))
    return table


def _what(mail: PlannedMail) -> str:
    kind = _("Log prompt") if mail.why.is_log else _("Questionnaire")
    reminder = _("reminder %(number)s", number=mail.step)
    heading = f"{kind}, {reminder}" if mail.step else kind
    return "\n".join([heading, mail.occasion or mail.series, mail.project])


def _why(mail: PlannedMail) -> str:
    fates = {
        "late": _("was due earlier, goes at once"),
        "waits": _("waits until attendance is recorded"),
        "missed": _("is not sent: too late"),
    }
    lines = [f"{mail.why.rule}: {_rule(mail.why)}"]
    if mail.deferral is not None:
        lines.append(_deferred(mail))
    return "\n".join([*lines, fates[mail.fate]] if mail.fate in fates else lines)


def _deferred(mail: PlannedMail) -> str:
    reasons = {"quiet_hours": _("quiet hours"), "weekend": _("weekend"), "holiday": _("holiday")}
    moment = dates.when(mail.intended, current())
    return _("deferred from %(moment)s: %(reason)s", moment=moment, reason=reasons[mail.deferral or ""])


def _rule(why: Why) -> str:
    anchors = {
        "series_start": _("the start of the series"),
        "series_end": _("the end of the series"),
        "occasion_start": _("the start of the occasion"),
        "occasion_end": _("the end of the occasion"),
        "registration": _("the registration"),
        "person_start": _("the person's own start"),
        "person_end": _("the person's own end"),
    }
    parts = []
    if why.offset_days:
        days = abs(why.offset_days)
        parts.append(ngettext("%(num)s day", "%(num)s days", days))
    if why.offset_minutes:
        parts.append(_elapsed(abs(why.offset_minutes)))
    before = why.offset_days < 0 or (not why.offset_days and why.offset_minutes < 0)
    if not parts:
        return anchors[why.anchor]
    offset = " ".join(parts)
    if before:
        return _("%(offset)s before %(anchor)s", offset=offset, anchor=anchors[why.anchor])
    return _("%(offset)s after %(anchor)s", offset=offset, anchor=anchors[why.anchor])


def _elapsed(minutes: int) -> str:
    if minutes % 60:
        return _("%(num)s min", num=minutes)
    return ngettext("%(num)s hour", "%(num)s hours", minutes // 60)


def _to(mail: PlannedMail, most: int | None) -> str:
    count = ngettext("%(num)s person", "%(num)s persons", len(mail.receivers))
    if mail.certain or mail.fate == "missed":
        heading = count
    elif mail.step:
        heading = _("those who have not answered by then; now %(count)s", count=count)
    else:
        heading = _("those present; registered now: %(count)s", count=count)
    return "\n".join([heading, *_names(mail.receivers, most)])


def _names(people: tuple[Person, ...], most: int | None) -> list[str]:
    shown = people if most is None else people[:most]
    lines = [f"{each.name} ({each.code})" for each in shown]
    if len(people) > len(shown):
        lines.append(_("and %(num)s more", num=len(people) - len(shown)))
    return lines


def _without(mail: PlannedMail, most: int | None) -> str:
    by_reason: dict[str, list[LeftOut]] = {}
    for each in mail.left_out:
        by_reason.setdefault(each.reason, []).append(each)
    lines = []
    for reason, people in sorted(by_reason.items()):
        lines.append(f"{_reason(reason)}: {len(people)}")
        if most is None:
            lines += _names(tuple(each.person for each in people), most)
    return "\n".join(lines)


def _reason(code: str) -> str:
    return {
        "absent": _("not present"),
        "not_recorded": _("no attendance recorded"),
        "enrolment_ended": _("cancelled or dropped out"),
        "answered": _("has answered"),
        "withdrawn": _("link withdrawn"),
        "refused": _("address refused"),
        "not_invited": _("not invited"),
        "enrolled_late": _("enrolled after the rule began"),
        "unsubscribed": _("wants no such mail"),
        "address_dead": _("mail comes back from the address"),
        "theme": _("chose another theme"),
        "work_group": _("in another work group"),
        "organisation": _("in another organisation"),
        "role": _("has another role"),
        "answer": _("answered something else"),
        "has_answered": _("has answered the other questionnaire"),
        "has_not_answered": _("has not answered the other questionnaire"),
        "conditions": _("not meant by the rule's conditions"),
    }[code]


def _state(code: str) -> str:
    return {
        "sent": _("sent"),
        "refused": _("refused"),
        "later": _("put off"),
        "unreachable": _("not reached"),
        "uncertain": _("uncertain"),
        "cancelled": _("no longer wanted"),
        "missed": _("missed"),
    }[code]
