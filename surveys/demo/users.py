"""The users of the demo: one for each role, with passwords made for this installation."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from surveys.database import Database
from surveys.running import access

PROJECT = "storstadsintegration"
FILE = "demo-users.json"
WORDS = (
    "bjork", "dimma", "djup", "eld", "fjord", "flod", "gran", "hav", "hjortron", "hassel", "horisont",
    "humla", "is", "kajak", "kanot", "kaprifol", "lada", "ljung", "lingon", "lodjur", "mossa", "morgon",
    "mynta", "nyckel", "orkan", "panna", "pil", "regn", "ren", "renlav", "ripa", "ros", "rosmarin",
    "sand", "sjumil", "skog", "skymning", "smultron", "snabel", "sol", "sommar", "sparv", "stege",
    "storm", "strand", "strimma", "sval", "svala", "syren", "tall", "tapper", "timjan", "tistel",
    "torv", "trana", "tussilago", "vallmo", "vass", "viol", "vind", "vinter", "ving", "virvel",
)  # fmt: skip


@dataclass(frozen=True)
class DemoUser:
    email: str
    name: str
    role: str
    password: str


def demo_users(instance: Path) -> tuple[DemoUser, ...]:
    """Return the users of this installation, made at the first call and kept in a file only its owner reads.

    Three words are enough behind the throttled sign-in of a page that answers on the loopback address only.
    """
    path = instance / FILE
    if not path.exists():
        _write(path, [asdict(user) for user in _made()])
    return tuple(DemoUser(**user) for user in json.loads(path.read_text(encoding="utf-8")))


def add_users(database: Database, users: tuple[DemoUser, ...]) -> None:
    for user in users:
        access.add_user(database, user.email, user.name, user.password)
        access.set_role(database, user.email, PROJECT, user.role)


def _made() -> list[DemoUser]:
    roles = (
        ("organisator", "Olle Organisatör", "organiser"),
        ("utvarderare", "Ulla Utvärderare", "evaluator"),
        ("lasare", "Lars Läsare", "reader"),
        ("leverantor", "Lena Leverantör", "supplier"),
        ("administrator", "Asta Administratör", "administrator"),
    )
    return [DemoUser(f"{name}@demo.example", title, role, _password()) for name, title, role in roles]


def _password() -> str:
    return "-".join(secrets.choice(WORDS) for _ in range(4))


def _write(path: Path, content: object) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    draft.replace(path)
