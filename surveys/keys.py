"""The installation's secret keys, kept in a folder outside the database and its backup."""

import hmac
import os
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b, sha256
from pathlib import Path

KEY_BYTES = 32
PUBLIC_ID_LENGTH = 16
STOP_DIGITS = 32  # hexadecimal
RETURN_DIGITS = 10  # hexadecimal; an address has room for 64 characters before the @
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
PAPER_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another (Crockford)
PAPER_LENGTH = 8
MOST_BASE36 = 12  # digits, of any 61-bit number
NAMES = ("link", "answers", "pairing", "session")
OWN = "own"  # the folder of the keys of their own
STONE = b"destroyed\n"  # what lies where one was; of another length than a key
_OWN_NAME = re.compile(r"[A-Za-z0-9_-]{8,32}", re.ASCII)


class KeysUnreadable(Exception):
    """The key folder cannot be read or written; ``path`` says which."""

    code = "keys_unreadable"

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


class BadKeyName(ValueError):
    """A name that no key of its own can have."""

    code = "bad_key_name"


class Keyring:
    """Keys by name, 32 random bytes each, made on first use with mode 0600.

    ``link`` makes the links in mails, ``answers`` (k1) and ``pairing`` (k2) tie a response to
    an invitation and to a person without a reference in the database, ``session`` signs cookies.

    Beside them keys of their own, each for some answers, that are destroyed one day. Such a key is read anew
    each time, so that no process holds one that another has destroyed; where its file was lies a stone that
    says so, so that none makes it again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys = {name: _load(folder, name) for name in NAMES}

    @property
    def session(self) -> bytes:
        return self._keys["session"]

    def link_token(self, public_id: str, generation: int) -> str:
        """Return the 192-bit token of a link: the same each time, stored nowhere."""
        digest = self._mac("link", f"{public_id}/{generation}")
        return urlsafe_b64encode(digest[:24]).decode()

    def stop_token(self, enrolment: str) -> str:
        """Return what ends the mails of an enrolment (public id) as in the address: with its MAC."""
        return f"{enrolment}.{self._mac('link', f'stop/{enrolment}').hex()[:STOP_DIGITS]}"

    def stopped_enrolment(self, token: str) -> str | None:
        """Return the enrolment (public id) of a :meth:`stop_token`; None of anything else."""
        enrolment = token.rpartition(".")[0]
        return enrolment if same(self.stop_token(enrolment), token) else None

    def return_token(self, message_id: int) -> str:
        """Return what stands in the return address of a mail: its number in base 36 and 10 digits of MAC."""
        number = base36(message_id)
        return f"{number}.{self._mac('link', f'return/{number}').hex()[:RETURN_DIGITS]}"

    def returned_message(self, token: str) -> int | None:
        """Return the message id of a :meth:`return_token`, in either case; None of anything else."""
        token = token.lower()
        number = token.partition(".")[0]
        if not 0 < len(number) <= MOST_BASE36 or not set(number) <= set(BASE36):
            return None
        message_id = int(number, 36)
        return message_id if same(self.return_token(message_id), token) else None

    def form_token(self, link: str) -> str:
        """Return what a form opened with ``link`` sends along; other sites can neither read nor make it."""
        return self._mac("session", f"form/{link}").hex()

    def response_key(self, invitation: str, key: str | None = None) -> str:
        """Return the key under which the answer to an invitation (public id) is kept.

        ``key`` names a key of its own. "" where that has been destroyed: nothing is kept under it.
        """
        return self._tie("answers", invitation, key)

    def pairing_key(self, enrolment: str, key: str | None = None) -> str:
        """Return the key that ties together all answers of an enrolment (public id); ``key`` as above."""
        return self._tie("pairing", enrolment, key)

    def is_destroyed(self, key: str) -> bool:
        """Whether the key of its own has been destroyed, by whichever process."""
        return _own_key(self.folder, key, make=False) == b""

    def destroy(self, key: str) -> None:
        """Destroy a key of its own for good; again, or after a kill in the middle, it ends the same.

        Raises :class:`KeysUnreadable`.
        """
        path = _own_path(self.folder, key)
        try:
            _bury(path)
        except OSError as error:
            raise KeysUnreadable(path) from error

    def paper_code(self, response_key: str) -> str:
        """Return the short code (40 bits) on the paper form whose answer is kept under ``response_key``.

        "" of "": with the key that made that one gone, nobody can tell whose paper it is.
        """
        if not response_key:
            return ""
        number = int(self._mac("link", f"paper/{response_key}")[:5].hex(), 16)
        return "".join(PAPER_LETTERS[number >> (5 * place) & 31] for place in range(PAPER_LENGTH))

    def alias(self, scope: str, key: str) -> str:
        """Return a short name (8 letters) for ``key`` that cannot be compared between scopes."""
        return self._mac("pairing", f"alias/{scope}/{key}").hex()[:8].upper()

    def many_aliases(self, scope: str) -> Callable[[str], str]:
        """Return what gives a key its name (12 letters) within ``scope``: a quicker hash, for exports."""
        secret = self._mac("pairing", f"aliases/{scope}")
        return lambda key: blake2b(key.encode(), digest_size=6, key=secret).hexdigest().upper()

    def fingerprint(self) -> str:
        """Return what tells these keys from others and gives nothing of them away (16 hexadecimal digits)."""
        return sha256(b"".join(self._mac(name, "fingerprint") for name in NAMES)).hexdigest()[:16]

    def _tie(self, name: str, message: str, key: str | None) -> str:
        if key is None:
            return self._mac(name, message).hex()
        secret = _own_key(self.folder, key)
        return hmac.digest(secret, f"{name}:{message}".encode(), sha256).hex() if secret else ""

    def _mac(self, name: str, message: str) -> bytes:
        return hmac.digest(self._keys[name], f"{name}:{message}".encode(), sha256)


def base36(number: int) -> str:
    """Return a whole number ≥ 0 in digits and small letters."""
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = BASE36[rest] + digits
    return digits


def same(expected: str, given: str) -> bool:
    """Whether two tokens are equal; how long it takes tells nothing of how far they are."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def token_hash(token: str) -> str:
    """Return what is stored of a token: its SHA-256, as 64 hexadecimal digits."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_public_id() -> str:
    """Return a new random identifier of 96 bits, safe in addresses, of PUBLIC_ID_LENGTH letters."""
    return secrets.token_urlsafe(12)


def _load(folder: Path, name: str) -> bytes:
    path = folder / f"{name}.key"
    try:
        if not path.exists():
            _create(folder, path)
        key = path.read_bytes()
    except OSError as error:
        raise KeysUnreadable(path) from error
    if len(key) != KEY_BYTES:
        raise KeysUnreadable(path)
    return key


def _create(folder: Path, path: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and linked into place: two processes starting at once get the same key,
    # and a kill in between leaves no half-written one.
    draft = _draft(path, secrets.token_bytes(KEY_BYTES))
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink(missing_ok=True)
    _sync(folder)


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync(folder: Path) -> None:
    """Let what was laid into or taken out of a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Keys of their own


def _own_path(folder: Path, key: str) -> Path:
    if not _OWN_NAME.fullmatch(key):
        raise BadKeyName(key)
    return folder / OWN / f"{key}.key"


def _own_key(folder: Path, key: str, make: bool = True) -> bytes | None:
    """The key; b"" where it has been destroyed, None where there is none and none is to be made."""
    path = _own_path(folder, key)
    try:
        with suppress(FileNotFoundError):
            return _told(path)
        if not make:
            return None
        _create(path.parent, path)
        return _told(path)
    except OSError as error:
        raise KeysUnreadable(path) from error


def _told(path: Path) -> bytes:
    content = path.read_bytes()
    if content == STONE:
        return b""
    if len(content) != KEY_BYTES:
        raise KeysUnreadable(path)
    return content


def _bury(path: Path) -> None:
    """Put a stone in place of a key, in one step, so that its name is never free; then wipe the key."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() != STONE:
        # A second name, so that a kill after the stone is laid leaves something to find and wipe.
        with suppress(FileExistsError):
            os.link(path, path.with_name(f".{path.name}.dying"))
        _sync(folder)
    _draft(path, STONE).replace(path)
    _sync(folder)
    # Also what a kill left behind while the key was made.
    for left in folder.glob(f".{path.name}.*"):
        with suppress(FileNotFoundError):
            _wipe(left)
    _sync(folder)


def _wipe(path: Path) -> None:
    with path.open("r+b") as file:
        if file.read() == STONE:
            return  # another process is laying it just now
        file.seek(0)
        file.write(bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
