"""Which passwords are taken, and how they are kept: argon2id, 19 MiB, two passes, one lane."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM = 12
MAXIMUM = 1024
FEWEST_SIGNS = 5

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Of nothing anyone can type; verified for unknown addresses so that they cost the same time.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$cxE/7bJfh7NVKvVzzYYucA$meJVW9VK5hoKrotzg+sEKztR+nQktPI72TlU5PAhSJw"

# Stems of the passwords that stand first in the published lists of leaked ones, Swedish and English,
# long enough to matter once digits and signs at the ends are taken off and figures read as letters.
_COMMON = """
password passwort passw passwordpassword losenord losenordet losenordlosenord mittlosenord hemligt
hemlighet hemligtlosenord secret topsecret letmein letmeinplease welcome valkommen welcomehome
administrator administrador admin adminadmin root rootroot user guest test testtest testing default
changeme changemenow changeit andramig qwerty qwertyuiop qwertyqwerty qwertyuiopa qwertyuiopasdfgh
asdfghjkl asdfghjkloa zxcvbnm qwertyasdfgh qazwsx qazwsxedc qazwsxedcrfv abc abcd abcdef abcdefgh
abcdefghijkl abcdefghijklm abcabcabc iloveyou iloveyouso jagalskardig alskling sommar vinter varen hosten
sommaren summer winter spring autumn sunshine princess dragon monkey football fotboll baseball basketball
superman batman starwars pokemon minecraft liverpool manchester chelsea arsenal hammarby djurgarden
ifkgoteborg goteborg stockholm malmo sverige sweden hejsan hejhej hejhejhej hejsanhejsan trustno computer
internet internetinternet microsoft windows samsung facebook instagram google apple linkedin whatever
freedom master shadow michael jennifer jordan hunter charlie ashley daniel andreas johanna mamma pappa
mammaochpappa correcthorsebatterystaple arbetsformedlingen forsakringskassan kommunen folja foljafolja
"""
COMMON_STEMS = frozenset(_COMMON.split())
_LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")
_PADDING = "0123456789 .,;:-_!?#&%/()=+*@$\"'"
_ROWS = ("qwertyuiopåasdfghjklöäzxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö", "01234567890", "1234567890")


class WeakPassword(Exception):
    """A new password that is not taken; ``code`` is too_short, too_long, too_simple, common or personal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_new(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raise :class:`WeakPassword` for what a guesser tries first; ``about`` is name and address."""
    if len(password) < MINIMUM:
        raise WeakPassword("too_short")
    if len(password) > MAXIMUM:
        raise WeakPassword("too_long")
    if len(set(password)) < FEWEST_SIGNS or not password.strip(_PADDING) or _is_row(password.casefold()):
        raise WeakPassword("too_simple")
    stem = _stem(password)
    if stem in COMMON_STEMS:
        raise WeakPassword("common")
    if stem and stem in {_stem(part) for text in about for part in (text, *text.replace("@", " ").split())}:
        raise WeakPassword("personal")


def hashed(password: str) -> str:
    return _hasher.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the kept one; as slow for ``None`` (unknown, closed) as for a wrong one."""
    try:
        _hasher.verify(kept or _NOBODYS, _normal(password)[:MAXIMUM])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def _normal(password: str) -> str:
    # The same key presses are the same password on every keyboard (å as one sign or as two).
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


def _stem(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    bare = plain.strip(_PADDING)
    return "".join(c for c in bare.translate(_LOOKALIKES) if c.isalpha())


def _is_row(text: str) -> bool:
    return any(text in row * 4 or text in row[::-1] * 4 for row in _ROWS)
