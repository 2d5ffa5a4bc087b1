"""``folja sending``: whether mail goes, and letting it go again."""

import click

from surveys import clock
from surveys.commands import opened
from surveys.commands.language import _, current, ngettext
from surveys.domain import dates
from surveys.domain.texts import pick
from surveys.outbox import sending_state
from surveys.outbox.sending_state import FallenDue, Sending


@click.group()
def sending() -> None:
    """Sending as a whole: how it stands, muting it, and letting it go on."""


@sending.command()
def status() -> None:
    """Say whether mail goes, and what would go at once."""
    with opened() as installation:
        now = clock.now()
        _say(sending_state.state(installation.database))
        with installation.database.reading() as session:
            _list(sending_state.fallen_due(session, now))


@sending.command()
def mute() -> None:
    """Let no mail go until "folja sending unmute"."""
    with opened() as installation:
        sending_state.mute(installation.database, "by_hand", clock.now())
    click.echo(_("Sending is muted."))


@sending.command()
@click.option("--skip", "choice", flag_value="skip", help="What fell due meanwhile is not sent.")
@click.option("--send", "choice", flag_value="send", help="What fell due meanwhile is sent now.")
def unmute(choice: str | None) -> None:
    """Let mail go again, and say what becomes of what fell due meanwhile: --skip or --send."""
    if choice is None:
        raise click.UsageError(_("Say --skip or --send. What it is about: folja sending status"))
    with opened() as installation:
        found = sending_state.unmute(
            installation.database, None, "skip" if choice == "skip" else "send", clock.now()
        )
    number = found.mails + len(found.mailings)
    if choice == "skip":
        skipped = ngettext(
            "%(num)s mailing or mail is not sent.", "%(num)s mailings and mails are not sent.", number
        )
        click.echo(" ".join([_("Sending goes on."), skipped]))
    else:
        click.echo(_("Sending goes on. What fell due goes at the scheduler's next round."))


@sending.command()
def resume() -> None:
    """End a pause that sending has made because of repeated errors."""
    with opened() as installation:
        sending_state.resume(installation.database, None, clock.now())
    click.echo(_("Sending goes on."))


def _say(state: Sending) -> None:
    if state.muted_at is not None:
        click.echo(_("Muted since %(moment)s UTC.", moment=f"{state.muted_at:%Y-%m-%d %H:%M}"))
    elif state.paused_until is not None and state.is_paused:
        until = f"{state.paused_until:%Y-%m-%d %H:%M}"
        click.echo(_("Paused until %(moment)s UTC: %(reason)s", moment=until, reason=state.pause_text or ""))
    else:
        click.echo(_("Mail goes."))


def _list(found: FallenDue) -> None:
    if found.is_empty:
        click.echo(_("Nothing is due."))
        return
    for mailing in found.mailings:
        series = mailing.rule.series.title
        what = (
            mailing.occasion.title
            if mailing.occasion
            else pick(mailing.rule.log_prompt or {}, current()) or series
        )
        when = dates.when(mailing.due_wall, current())
        click.echo(_("Due: %(series)s, %(what)s, %(when)s", series=series, what=what, when=when))
    if found.mails:
        click.echo(
            ngettext("%(num)s mail lies in the outbox.", "%(num)s mails lie in the outbox.", found.mails)
        )
