"""What participants must be told before they answer, and what a wording of it may not promise."""

import re
import unicodedata
from collections.abc import Mapping

from surveys.domain.privacy import PrivacyMode

# Who is responsible, why, on what legal ground, who sees it, for how long, one's rights, whom to ask.
FIELDS = ("controller", "purpose", "legal_basis", "recipients", "retention", "rights", "contact")
LONGEST_TITLE, LONGEST_TEXT = 200, 2000
# "anonym", "anonymt", "anonymous", "anonymously"; not "pseudonym". مجهول is the same in Arabic.
_ANONYMOUS = re.compile(r"\banonym\w*|مجهول\w*", re.IGNORECASE)
# It is said of the very word that it is not so: "inte anonymt", "not be wholly anonymous".
_DENIED = re.compile(
    r"\b(?:inte|icke|ej|aldrig|not|never|isn['’]t|aren['’]t|ليس|ليست|غير|لا|لن)\W+(?:\w+\W+){0,2}(?:anonym|مجهول)",
    re.IGNORECASE,
)
# What makes it true: it becomes so, and when.
_BECOMES = re.compile(r"\b(?:blir|görs|become|becomes|made|تصبح|يصبح)\b", re.IGNORECASE)
_LATER = re.compile(
    r"\b(?:när|efter|sedan|först|då|when|once|after|then|afterwards|عندما|بعد|حين)\b", re.IGNORECASE
)
_ABSOLUTE = re.compile(
    r"\b(?:ingen (?:annan |alls )?(?:kan|får|kommer)|(?:kan|får) aldrig|helt (?:hemlig|säker|skydda)\w*|"
    r"(?:nobody|no one|no-one)(?: else)? (?:can|will|may)|(?:can|will) never|"
    r"(?:completely|totally|absolutely) (?:secret|safe|private)|guarantee\w*|garanter\w*|"
    r"لا أحد (?:يستطيع|يمكنه)|لا يمكن لأحد|لن يستطيع أحد)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?;؟؛])\s+|\n+")


def blank_fields(privacy: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Those of FIELDS that are written in no language."""
    return tuple(name for name in FIELDS if not any(text.strip() for text in privacy.get(name, {}).values()))


def promises_too_much(text: str, mode: PrivacyMode) -> str | None:
    """Why a wording cannot be shown before closing in this mode, as a stable code; None where it can.

    ``anonymous_while_linked``: a sentence calls answers anonymous that can be led back to a person now. Only
    in *anonymous* may it say that they become so, and when. ``absolute``: nothing that an authority keeps is
    for nobody ever. Read are Swedish, English and Arabic; in other languages only words that they share.
    """
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    if _ABSOLUTE.search(text):
        return "absolute"
    for sentence in _SENTENCES.split(text):
        said = len(_ANONYMOUS.findall(sentence)) > len(_DENIED.findall(sentence))
        later = mode is PrivacyMode.ANONYMOUS and _BECOMES.search(sentence) and _LATER.search(sentence)
        if said and not later:
            return "anonymous_while_linked"
    return None
