"""The house stands as ARCHITECTURE.md draws it: who may import whom, who commits, who reads the clock."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("surveys", "scheduler", "wsgi")
# From the ground up. A room may import its own floor and those below.
FLOORS = (
    {"domain"},
    {"clock", "config", "database", "extensions", "keys", "taken_back", "calendar_days", "catalogues"},
    {"installation"},
    {"models"},
    {"queries"},
    {"charts", "importing", "mail", "printing"},
    {"running"},
    {"followups"},
    {"answers", "writing"},
    {"results"},
    {"register", "outbox"},
    {"course"},
    {"backup", "exporting", "reporting"},
    {"demo"},
    {"web", "api"},
    {"app"},
    {"commands"},
    {"cli"},
    {"scheduler", "wsgi"},
)
USE_CASES = {
    "running",
    "followups",
    "answers",
    "results",
    "register",
    "outbox",
    "course",
    "writing",
    "backup",
    "exporting",
    "reporting",
}
HEAVY = {
    "alembic",
    "docx",
    "numpy",
    "openpyxl",
    "pandas",
    "pptx",
    "pymupdf_fonts",
    "pyreadstat",
    "scipy",
    "snowballstemmer",
    "typst",
    "xlsxwriter",
}  # imported where used: they take long
# The password's slow hash lies between them, and no connection is held while it runs.
TWO_TRANSACTIONS = {"surveys.running.access.sign_in"}
READS_THE_CLOCK = {"clock", "web", "api", "demo", "commands", "cli", "scheduler"}
WALL_CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("func", "now"),
    ("func", "current_timestamp"),
}


@dataclass(frozen=True, eq=False)
class Module:
    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        parts = self.name.split(".")
        if parts[0] != "surveys":
            return parts[0]
        return parts[1] if len(parts) > 1 else "domain"  # the empty surveys/__init__.py

    def at(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


@cache
def nodes(module: Module) -> list[ast.AST]:
    return list(ast.walk(module.tree))


@cache
def modules() -> dict[str, Module]:
    files = [path for top in ("surveys", "scheduler") for path in (ROOT / top).rglob("*.py")]
    found = {}
    for path in [*files, ROOT / "wsgi.py"]:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" in parts:
            continue  # generated, and read by Alembic alone
        name = ".".join(parts).removesuffix(".__init__")
        found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def everything() -> list[Module]:
    return list(modules().values())


def imports(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield every imported module's full name; ours as the module that is really meant."""
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.at(node)}: a relative import hides where it points"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole if whole in modules() else str(node.module)), node


def our_imports(module: Module) -> Iterator[tuple[Module, ast.stmt]]:
    for name, node in imports(module):
        if name.split(".")[0] in OURS:
            assert name in modules(), f"{module.at(node)}: {name} does not exist"
            yield modules()[name], node


def floor(module: Module) -> int:
    heights = [height for height, rooms in enumerate(FLOORS) if module.room in rooms]
    assert heights, f"{module.name}: {module.room} is no room of the house"
    return heights[0]


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(among: Iterable[ast.AST], *names: str) -> list[ast.Call]:
    """Return the calls of a method of one of these names."""
    return [
        node
        for node in among
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def test_imports_point_downward() -> None:
    upward = [
        f"{module.at(node)}: {module.room} imports {target.name}"
        for module in everything()
        for target, node in our_imports(module)
        if floor(target) > floor(module)
    ]
    assert not upward, "\n".join(upward)


def test_imports_make_no_circle() -> None:
    graph = {
        module.name: {target.name for target, _ in our_imports(module)} - {module.name}
        for module in everything()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


def test_no_import_hides_in_a_function() -> None:
    hidden = {
        module.at(node)
        for module in everything()
        for function in functions(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and not _is_heavy(node)
    }
    assert not hidden, sorted(hidden)


def _is_heavy(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)]
    return all(name.split(".")[0] in HEAVY for name in names)


def test_the_rules_of_the_field_need_the_standard_library_only() -> None:
    foreign = [
        f"{module.at(node)}: {name}"
        for module in everything()
        if module.room == "domain"
        for name, node in imports(module)
        if name.split(".")[0] not in sys.stdlib_module_names | {"surveys", "scipy"}
    ]
    assert not foreign, foreign


@pytest.mark.parametrize("room", ["web", "api", "commands", "cli"])
def test_what_translates_speaks_neither_sql_nor_smtp(room: str) -> None:
    # A session is handed on to queries and a database's errors are put into words; neither is SQL.
    allowed = {"sqlalchemy.exc", "sqlalchemy.orm.Session"}
    # The doctor asks the mail server how it is, and tells of a dead scheduler that cannot.
    exceptions = {("surveys.commands.doctor", "smtplib")}
    spoken = [
        f"{module.at(node)}: {name}"
        for module in everything()
        if module.room == room
        for name, node in imports(module)
        if name.split(".")[0] in {"sqlalchemy", "smtplib", "psycopg", "sqlite3"}
        and not allowed & {name, *_members(node)}
        and (module.name, name) not in exceptions
    ]
    assert not spoken, spoken


def _members(node: ast.stmt) -> set[str]:
    """Return the full names that a ``from … import`` brings, if it brings but one."""
    names = (
        {f"{node.module}.{alias.name}" for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
    )
    return names if len(names) == 1 else set()


def test_only_the_database_commits() -> None:
    where = {module.name for module in everything() if calls(nodes(module), "commit")}
    assert where == {"surveys.database"}


def opened_transactions(among: Iterable[ast.AST]) -> int:
    return len(calls(among, "transaction", "writing"))


def test_a_use_case_owns_one_transaction_and_nobody_else_opens_one() -> None:
    opened = {module.room for module in everything() if opened_transactions(nodes(module))}
    assert opened <= USE_CASES, opened - USE_CASES
    several = [
        f"{module.at(function)}: {function.name}"
        for module in everything()
        for function in functions(module)
        if opened_transactions(ast.walk(function)) > 1
        and f"{module.name}.{function.name}" not in TWO_TRANSACTIONS
    ]
    assert not several, several


def test_the_clock_is_read_in_one_place() -> None:
    read = [
        f"{module.at(node)}: {ast.unparse(node)}"
        for module in everything()
        if module.name != "surveys.clock"
        for node in nodes(module)
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in WALL_CLOCKS
    ]
    assert not read, read
    bare = [
        module.at(node)
        for module in everything()
        for node in nodes(module)
        if isinstance(node, ast.ImportFrom)
        and node.module == "time"
        and {alias.name for alias in node.names} & {"time", "time_ns"}
    ]
    assert not bare, bare


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_only_entrances_ask_the_clock() -> None:
    asking = [
        module.at(node)
        for module in everything()
        for target, node in our_imports(module)
        if target.name == "surveys.clock" and module.room not in READS_THE_CLOCK
    ]
    assert not asking, asking


def test_no_class_takes_a_word_of_the_libraries() -> None:
    taken = [
        module.at(node)
        for module in everything()
        for node in nodes(module)
        if isinstance(node, ast.ClassDef) and node.name in {"Session", "Event"}
    ]
    assert not taken, taken


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_version_has_a_hash_and_no_machine_shows(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = [
        entry
        for entry in text.replace("\\\n", " ").splitlines()
        if entry and not entry.lstrip().startswith("#")
    ]
    assert len(entries) > 10
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert [entry.split()[0] for entry in entries if "==" not in entry.split()[0]] == []
    assert [
        mark for mark in ("://", " @ ", "--index-url", "--find-links", "--extra-index-url") if mark in text
    ] == []


def test_nothing_of_an_installation_is_committed() -> None:
    tracked = _git("ls-files", "instance").split()
    assert set(tracked) <= {"instance/README.md"}
    ignored = [
        "instance/folja.sqlite",
        "instance/keys/link.key",
        "instance/settings.toml",
        ".venv/bin/python",
    ]
    assert _git("check-ignore", *ignored).split() == ignored
    assert _git("check-ignore", "instance/README.md") == ""


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_no_colour_waits_for_a_wide_screen() -> None:
    """Browser tests look at contrast on the phone alone: nothing there is hidden or coloured otherwise."""
    sheets = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("surveys/static/css/*.css"))
    wide = re.findall(r"@media \(min-width[^{]*\{((?:[^{}]*\{[^{}]*\})*)", sheets)
    narrow = re.findall(r"@media \(max-width[^{]*\{((?:[^{}]*\{[^{}]*\})*)", sheets)
    assert len(wide) >= 3
    assert len(narrow) >= 3
    assert not [block for block in wide if re.search(r"color|background|opacity|filter|shadow", block)]
    assert not [block for block in narrow if re.search(r"display: none|visibility|opacity", block)]
