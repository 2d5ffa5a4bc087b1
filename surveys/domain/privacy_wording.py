"""What participants must be told before they answer, and what a wording of it may not promise."""

import re
from collections.abc import Mapping

from surveys.domain.privacy import PrivacyMode

# Who is responsible, why, on what legal ground, who sees it, for how long, one's rights, whom to ask.
FIELDS = ("controller", "purpose", "legal_basis", "recipients", "retention", "rights", "contact")
LONGEST_TITLE, LONGEST_TEXT = 200, 2000
# "anonym", "anonymt", "anonymous", "anonymously"; not "pseudonym".
_ANONYMOUS = re.compile(r"\banonym\w*", re.IGNORECASE)
# What makes it true: it becomes so at closing, or it is said not to be.
_LATER = re.compile(r"\b(blir|become|becomes|when|när|after|efter|inte|not|icke)\b", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"\b(ingen (?:annan )?kan någonsin|kan aldrig|ingen (?:annan )?får någonsin|helt hemlig\w*|"
    r"nobody can ever|no one can ever|can never|completely secret|guarantee\w*|garanter\w*)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")


def blank_fields(privacy: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Those of FIELDS that are written in no language."""
    return tuple(name for name in FIELDS if not any(text.strip() for text in privacy.get(name, {}).values()))


def promises_too_much(text: str, mode: PrivacyMode) -> str | None:
    """Why a wording cannot be shown before closing in this mode, as a stable code; None where it can.

    ``anonymous_while_linked``: a sentence calls answers anonymous that can be led back to a person now. Only
    in *anonymous* may it say that they become so. ``absolute``: nothing that an authority keeps is for nobody
    ever.
    """
    if _ABSOLUTE.search(text):
        return "absolute"
    for sentence in _SENTENCES.split(text):
        if not _ANONYMOUS.search(sentence):
            continue
        denied = re.search(r"\b(inte|not|icke)\b", sentence, re.IGNORECASE)
        if not denied and not (mode is PrivacyMode.ANONYMOUS and _LATER.search(sentence)):
            return "anonymous_while_linked"
    return None
