"""A project's settings: what it is called, who its mails come from, how its figures are shown."""

from dataclasses import asdict, dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from surveys.answers import made_files
from surveys.database import Database
from surveys.domain import marks
from surveys.domain.faults import Faulty
from surveys.domain.pictures import LARGEST_LOGOTYPE_BYTES, picture_type
from surveys.domain.texts import has_bad_characters
from surveys.models.programme import Project
from surveys.queries import projects as queries

LONGEST = {"title": 200, "sender_name": 120, "reply_to": 254, "logotype_text": 200}
NEEDED = ("title", "sender_name", "reply_to")
DECIMALS = range(3)
MINIMUM_GROUP = range(5, 11)
EMBLEMS = ("", "eu_cofunded", "eu_funded")


@dataclass(frozen=True)
class Profile:
    """``logotype_text`` says in words what the logotype shows, "" where nothing is said.

    ``emblem`` of EMBLEMS is that of the European Union with its sentence, "" for none.
    """

    title: str
    sender_name: str
    reply_to: str
    decimals: int
    minimum_group: int
    logotype_text: str = ""
    emblem: str = ""

    @property
    def mark(self) -> str:
        return marks.mark(asdict(self))


class BadProfile(Faulty):
    """Settings that cannot be; ``faults`` maps a field to a stable code."""

    code = "bad_profile"


class ProfileConflict(Exception):
    """Somebody else has changed the settings meanwhile; ``stored`` is what they are now."""

    code = "profile_conflict"

    def __init__(self, stored: Profile) -> None:
        super().__init__()
        self.stored = stored


class BadLogotype(ValueError):
    """A file that cannot be the logotype; ``code`` says why: logotype_too_large or logotype_not_a_picture."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def profile_of(project: Project) -> Profile:
    return Profile(
        project.title,
        project.sender_name,
        project.reply_to,
        project.decimals,
        project.minimum_group,
        project.logotype_text or "",
        project.emblem or "",
    )


def change_profile(db: Database, project_id: int, wanted: Profile, seen: str) -> Profile:
    """Change the settings and return them as they are kept.

    ``seen`` is the mark of the settings that the change was made from. Raises :class:`BadProfile`, or
    :class:`ProfileConflict` where they have become others meanwhile.
    """
    cleaned = _checked(wanted)
    with db.transaction() as session:
        project = _held(session, project_id)
        stored = profile_of(project)
        if stored.mark != seen and stored != cleaned:
            raise ProfileConflict(stored)
        for name, value in asdict(cleaned).items():
            setattr(project, name, value)
        if cleaned.minimum_group > stored.minimum_group:
            made_files.drop_of_project(session.connection(), project_id)
        project.logotype_text = cleaned.logotype_text or None
        project.emblem = cleaned.emblem or None
        return cleaned


def set_logotype(db: Database, project_id: int, content: bytes) -> str:
    """Keep a PNG or JPEG of at most 200 kB as the project's logotype; returns its media type.

    What it is, is told by its content. Raises :class:`BadLogotype`.
    """
    if len(content) > LARGEST_LOGOTYPE_BYTES:
        raise BadLogotype("logotype_too_large")
    media_type = picture_type(content)
    if media_type is None:
        raise BadLogotype("logotype_not_a_picture")
    with db.transaction() as session:
        project = _held(session, project_id)
        project.logotype, project.logotype_type = content, media_type
    return media_type


def remove_logotype(db: Database, project_id: int) -> None:
    """Take the logotype away; without one this does nothing."""
    with db.transaction() as session:
        project = _held(session, project_id)
        project.logotype = project.logotype_type = None


def _held(session: Session, project_id: int) -> Project:
    return queries.hold_project(session, project_id)


def _checked(wanted: Profile) -> Profile:
    texts = {name: " ".join(getattr(wanted, name).split()) for name in LONGEST}
    faults = {name: code for name, text in texts.items() if (code := _text_fault(name, text))}
    if "reply_to" not in faults:
        try:
            texts["reply_to"] = _address(texts["reply_to"])
        except EmailNotValidError:
            faults["reply_to"] = "bad_address"
    if wanted.decimals not in DECIMALS:
        faults["decimals"] = "out_of_range"
    if wanted.minimum_group not in MINIMUM_GROUP:
        faults["minimum_group"] = "out_of_range"
    if wanted.emblem not in EMBLEMS:
        faults["emblem"] = "out_of_range"
    if faults:
        raise BadProfile(faults)
    return Profile(
        decimals=wanted.decimals, minimum_group=wanted.minimum_group, emblem=wanted.emblem, **texts
    )


def _text_fault(name: str, text: str) -> str | None:
    if name in NEEDED and not text:
        return "blank"
    if has_bad_characters(text):
        return "bad_characters"
    return "too_long" if len(text) > LONGEST[name] else None


def _address(text: str) -> str:
    # Nothing is looked up; names that only demonstrations use are addresses too.
    checked = validate_email(text, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    return checked.ascii_email or checked.normalized
