"""Whether mail goes at all: the banner when it does not, and the buttons that let it go again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, g, redirect, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from surveys import clock
from surveys.models.followup import Mailing
from surveys.outbox import sending_state
from surveys.outbox.sending_state import Sending
from surveys.queries import mailings as queries
from surveys.queries import sending_state as state_queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.navigation import may_open
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page
from surveys.web.phrases import _, ngettext

SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Banner:
    """``again_at``: the next attempt of what is paused, if it lies ahead. ``silent_since``: the scheduler
    has not been heard of since then, though it has run before.
    """

    sending: Sending
    again_at: datetime | None
    silent_since: datetime | None


@dataclass(frozen=True)
class Held:
    """A mailing of this project that would go at once, and how many of its mails lie in the outbox."""

    mailing: Mailing
    mails: int


@blueprint.app_template_global()
def sending_banner() -> Banner | None:
    """What those who plan mailings have to know on every page; None where all is well."""
    if g.get("project") is None or not may_open(address("utskick")):
        return None
    now = clock.now()
    try:
        row = state_queries.read(reading_session())
        silent = _silent(now)
    except SQLAlchemyError:  # the page itself says that the database is away
        return None
    sending = Sending()
    if row is not None:
        sending = Sending(**{name: getattr(row, name) for name in Sending.__dataclass_fields__})
    until = sending.paused_until
    banner = Banner(sending, until if until is not None and until > now else None, silent)
    return banner if sending.is_muted or sending.is_paused or silent else None


@blueprint.post("/projekt/<project>/utskick/fortsatt")
@staff("organiser")
def resume_sending(project: str) -> Response:
    sending_state.resume(installation().database, g.user.user_id, clock.now())
    flash(_("Sending goes on. The next mails are tried within a minute."), "positive")
    return redirect(address("utskick"), 303)


@blueprint.get("/projekt/<project>/utskick/stopp")
@staff("organiser")
def muted(project: str) -> str:
    return _muted_page()


@blueprint.post("/projekt/<project>/utskick/stopp")
@staff("organiser")
def change_muted(project: str) -> Response | tuple[str, int]:
    db, user, now = installation().database, g.user.user_id, clock.now()
    match request.form.get("val"):
        case "stop":
            sending_state.mute(db, "by_hand", now, user)
            flash(_("All sending is stopped."), "warning")
            return redirect(address("utskick", "stopp"), 303)
        case "skip":
            sending_state.unmute(db, user, "skip", now)
            flash(_("Sending has begun again. What fell due meanwhile is skipped."), "positive")
        case "send":
            found = sending_state.unmute(db, user, "send", now)
            count = len(found.mailings)
            flash(
                _("Sending has begun again.")
                + " "
                + ngettext(
                    "%(num)s mailing that fell due goes now.", "%(num)s mailings that fell due go now.", count
                ),
                "positive",
            )
        case _:
            return _muted_page(_("Choose whether what fell due is sent or skipped.")), 422
    return redirect(address("utskick"), 303)


def _muted_page(error: str | None = None) -> str:
    session, now = reading_session(), clock.now()
    found = sending_state.fallen_due(session, now)
    held = _held(found)
    return page(
        "sending_stopped",
        crumbs=crumbs((_("Mailings"), address("utskick")), (_("Stop sending"), None)),
        sending=sending_state.state(installation().database),
        held=held,
        asks=asked_by([each.mailing for each in held]),
        elsewhere=len(found.mailings) - sum(each.mailing.state in queries.AHEAD for each in held),
        mails=found.mails,
        error=error,
    )


def _held(found: sending_state.FallenDue) -> Sequence[Held]:
    waiting: dict[int, int] = {}
    for (mailing_id, _kind), mails in found.waiting.items():
        if mailing_id is not None:
            waiting[mailing_id] = waiting.get(mailing_id, 0) + mails
    ids = {each.id for each in found.mailings} | waiting.keys()
    mine = queries.by_ids(reading_session(), g.project.id, ids)
    return [Held(each, waiting.get(each.id, 0)) for each in mine]


def _silent(now: datetime) -> datetime | None:
    """Since when the scheduler has been silent; None while it is not, or has never been started."""
    last = max((each.beat_at for each in state_queries.heartbeats(reading_session())), default=None)
    return last if last is not None and now - last > SILENT_AFTER else None
