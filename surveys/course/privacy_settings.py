"""What a project tells participants of their data, in whose name keys are destroyed, and its own wording."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain import marks
from surveys.domain.faults import Faulty
from surveys.domain.privacy import MODES, PrivacyMode
from surveys.domain.privacy_wording import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    blank_fields,
    promises_too_much,
)
from surveys.domain.texts import LocalText, has_bad_characters
from surveys.models.deeds import Deed
from surveys.models.programme import Project
from surveys.queries import projects as queries
from surveys.queries import rules

DECISION = ("reference", "on", "by")
PARTS = ("title", "text")


@dataclass(frozen=True)
class PrivacySettings:
    """``texts``: field of FIELDS → LocalText; ``decision``: reference, on (ISO), by, all three or none;
    ``wording``: mode → title, text → LocalText, "" in a language that ours is used in.
    """

    texts: Mapping[str, LocalText] = field(default_factory=dict)
    decision: Mapping[str, str] = field(default_factory=dict)
    wording: Mapping[str, Mapping[str, LocalText]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return marks.mark(asdict(self))


class BadPrivacySettings(Faulty):
    """Settings that cannot be; ``faults``: field (controller.sv, decision.on, sealed.text.sv) → code."""

    code = "bad_privacy_settings"


class PrivacySettingsConflict(Exception):
    """Somebody else has changed the settings meanwhile; ``stored`` is what they are now."""

    code = "privacy_settings_conflict"

    def __init__(self, stored: PrivacySettings) -> None:
        super().__init__()
        self.stored = stored


def settings_of(project: Project) -> PrivacySettings:
    return PrivacySettings(
        {name: dict(text) for name, text in project.privacy.items() if text},
        dict(project.destruction_decision or {}),
        {mode: dict(parts) for mode, parts in (project.privacy_wording or {}).items()},
    )


def change_privacy(
    db: Database, project_id: int, wanted: PrivacySettings, seen: str, user_id: int | None, now: datetime
) -> None:
    """Change the settings; ``seen`` is the mark of those that the change was made from.

    Raises :class:`BadPrivacySettings`, also where what a rule that is switched on needs would be blank, and
    :class:`PrivacySettingsConflict`.
    """
    with db.transaction() as session:
        project = queries.hold_project(session, project_id)
        stored = settings_of(project)
        if stored.mark != seen and stored != wanted:
            raise PrivacySettingsConflict(stored)
        if faults := _faults(session, project, wanted):
            raise BadPrivacySettings(faults)
        if stored == wanted:
            return
        project.privacy = {name: dict(text) for name, text in wanted.texts.items()}
        project.destruction_decision = dict(wanted.decision) or None
        project.privacy_wording = {mode: dict(parts) for mode, parts in wanted.wording.items()} or None
        details = {"before": asdict(stored), "after": asdict(wanted)}
        session.add(
            Deed(
                project_id=project.id,
                user_id=user_id,
                done_at=now,
                action="privacy_settings",
                subject=f"project:{project.id}",
                details=details,
            )
        )


def _faults(session: Session, project: Project, wanted: PrivacySettings) -> dict[str, str]:
    faults: dict[str, str] = {}
    asking = rules.active_modes(session, project.id)
    if asking:
        first = project.languages[0]
        faults |= {f"{name}.{first}": "blank_in_use" for name in blank_fields(wanted.texts)}
    for name, texts in wanted.texts.items():
        faults |= {f"{name}.{code}": why for code, text in texts.items() if (why := _told_fault(text))}
    faults |= decision_faults(wanted.decision, any(not PrivacyMode(mode).traceable for mode in asking))
    for mode in MODES:
        faults |= _wording_faults(mode, wanted.wording.get(mode.value, {}))
    return faults


def decision_faults(decision: Mapping[str, str], needed: bool) -> dict[str, str]:
    """What is wrong with a decision, by field; ``needed``: it may not be left out."""
    given = [name for name in DECISION if decision.get(name)]
    if not given:
        return {"decision.reference": "decision_in_use"} if needed else {}
    faults = {f"decision.{name}": "blank" for name in DECISION if name not in given}
    faults |= {
        f"decision.{name}": why for name in given if (why := _text_fault(decision[name], LONGEST_TITLE))
    }
    if "on" in given and not _is_date(decision["on"]):
        faults["decision.on"] = "bad_date"
    return faults


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _wording_faults(mode: PrivacyMode, parts: Mapping[str, LocalText]) -> dict[str, str]:
    faults = {}
    longest = {"title": LONGEST_TITLE, "text": LONGEST_TEXT}
    languages = {code for texts in parts.values() for code, text in texts.items() if text}
    for part in PARTS:
        for code in sorted(languages):
            text = parts.get(part, {}).get(code, "")
            why = _text_fault(text, longest[part]) or promises_too_much(text, mode)
            if why or not text:
                faults[f"{mode}.{part}.{code}"] = why or "half"
    return faults


def _told_fault(text: str) -> str | None:
    """These stand with every mode, so that they may only say what is true in the strictest."""
    return _text_fault(text) or promises_too_much(text, PrivacyMode.ANONYMOUS)


def _text_fault(text: str, longest: int = LONGEST_TEXT) -> str | None:
    if has_bad_characters(text):
        return "bad_characters"
    return "too_long" if len(text) > longest else None
