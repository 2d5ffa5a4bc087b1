"""What a participant is told about being traced: one text a privacy mode and state, never more than is true.

"Anonymous" is not said where answers can be linked, and nothing promises that nobody can ever read them:
what an authority keeps can be asked for, and secrecy is decided case by case. A project may word it itself,
as long as the key lives; what is true after that is not a matter of wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys.answers.form_view import FormView
from surveys.domain.privacy import PrivacyMode
from surveys.web import language


@dataclass(frozen=True)
class PrivacyText:
    title: LazyString | str
    text: LazyString | str


PRIVACY_TEXTS = {
    PrivacyMode.NAMED: PrivacyText(
        _l("Your answers are kept with your name"),
        _l("Those who evaluate the project can see who has answered what."),
    ),
    PrivacyMode.PSEUDONYMOUS: PrivacyText(
        _l("Your answers are confidential, but not anonymous"),
        _l(
            "They are kept under a code, apart from your name, so that your answers on different occasions "
            "can be compared. Whoever runs the service can lead the code back to you. Those who hold the "
            "course see that you have answered, not what. Those who evaluate see answers without names."
        ),
    ),
    PrivacyMode.SEALED: PrivacyText(
        _l("Your answers can be traced until the last questionnaire of the course has closed, not after"),
        _l(
            "They are kept under a code. Until then the link in your mail leads to your answers, and whoever "
            "runs the service can lead the code back to you. Then the key to the code is destroyed. After "
            "that your answers before and after can be compared, but not led back to you. What you write in "
            "your own words may still tell who you are. If fewer than five answer, no answers are shown."
        ),
    ),
    PrivacyMode.ANONYMOUS: PrivacyText(
        _l("Your answers become anonymous when the questionnaire closes"),
        _l(
            "Until then your answers can still be found, by the link in your mail, so that you can change "
            "them or take them back. When the questionnaire closes, what ties them to you is destroyed. What "
            "you write in your own words may still tell who you are. If fewer than five answer, no answers "
            "are shown."
        ),
    ),
}
# After the key is destroyed.
DESTROYED_TEXTS = {
    PrivacyMode.SEALED: PrivacyText(
        _l("Your answers can no longer be led back to you"),
        _l(
            "The key to the code that they are kept under is destroyed. They can be compared with each "
            "other, but not be found, changed or taken back."
        ),
    ),
    PrivacyMode.ANONYMOUS: PrivacyText(
        _l("Your answers are anonymous"),
        _l("What tied them to you is destroyed. They can no longer be found, changed or taken back."),
    ),
}


def privacy_text(view: FormView) -> PrivacyText:
    """What is true of an answer now, in the project's own words where it has some in this language."""
    if not view.can_be_found:
        return DESTROYED_TEXTS[view.privacy_mode]
    return own_text(view.wording, view.privacy_mode, language.current())


def own_text(wording: Mapping[str, Any], mode: PrivacyMode, code: str) -> PrivacyText:
    """The project's wording of a mode (title and text by language), else ours."""
    title, text = (wording.get(part, {}).get(code, "") for part in ("title", "text"))
    return PrivacyText(title, text) if title and text else PRIVACY_TEXTS[mode]
