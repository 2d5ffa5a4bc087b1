"""A mail as a given receiver gets it, written and not sent. Its link leads nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.catalogues import is_known, language_of
from surveys.mail.compose import compose
from surveys.mail.office import Office
from surveys.models.followup import Mailing
from surveys.outbox import letters
from surveys.outbox.mail_languages import mail_language
from surveys.queries import mailings as queries

MOST_SHOWN = 100


class NobodyToShow(Exception):
    """Nobody of that code gets the mailing, or nobody is enrolled at all."""

    code = "nobody_to_show"


@dataclass(frozen=True)
class Receiver:
    """Somebody a mailing can be looked at for."""

    enrolment_id: int
    code: str
    name: str
    language: str


@dataclass(frozen=True)
class Specimen:
    """``attached`` are the names of files that come with it."""

    receiver: Receiver
    language: str
    subject: str
    sender: str
    text: str
    html: str
    attached: Sequence[str]


def receivers(
    session: Session, mailing: Mailing, code: str | None = None, search: str = ""
) -> list[Receiver]:
    """The first hundred of those enrolled, by name; the one with ``code``, the one it is for.

    ``search``: only those whose name, address, code or organisation holds the words.
    """
    return [Receiver(*row) for row in queries.to_show(session, mailing, code, search, MOST_SHOWN)]


def specimen(
    session: Session, office: Office, mailing: Mailing, code: str | None, language: str | None, now: datetime
) -> Specimen:
    """The mail to the participant ``code`` (None: the first one) in ``language`` (None: the person's own).

    Needs no application context of the caller. Raises :class:`NobodyToShow`.
    """
    receiver = next(iter(receivers(session, mailing, code)), None)
    if receiver is None:
        raise NobodyToShow
    own = mail_language(receiver.language, mailing.rule.series.project.languages)
    wanted = language if language and is_known(language) else own
    outgoing = letters.specimen(session, mailing.id, receiver.enrolment_id, wanted)
    if outgoing is None:
        raise NobodyToShow
    with office.app.app_context():
        letter = compose(outgoing, office, now)
    return Specimen(
        receiver=receiver,
        language=language_of(wanted).catalogue_code,
        subject=str(letter.subject),
        sender=str(letter.sender),
        text=str(letter.body),
        html=str(letter.html),
        attached=[letter.calendar_name] if letter.calendar else [],
    )
