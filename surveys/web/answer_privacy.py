"""What a participant is told about being traced: one text a privacy mode, never more than is true.

"Anonymous" is not said where answers can be linked, and nothing promises that nobody can ever read them:
what an authority keeps can be asked for, and secrecy is decided case by case.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys.domain.privacy import PrivacyMode


@dataclass(frozen=True)
class PrivacyText:
    title: LazyString
    text: LazyString


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
        _l("Your answers can be traced until the questionnaire closes, not after"),
        _l(
            "They are kept under a code. The key to the code is destroyed when the questionnaire closes. "
            "After that your answers on different occasions can be compared, but not led back to you."
        ),
    ),
    PrivacyMode.ANONYMOUS: PrivacyText(
        _l("Your answers become anonymous when the questionnaire closes"),
        _l(
            "Until then the link in your mail leads to your answers, so that you can change them. When the "
            "questionnaire closes, what ties them to you is destroyed."
        ),
    ),
}
