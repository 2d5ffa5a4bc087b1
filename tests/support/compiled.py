"""What is worked out for each application and each database, kept for the next: tests make thousands.

Templates (Jinja), the rules of the address map (Werkzeug) and statements (SQLAlchemy) depend on their text
and the kind of database alone; compiling them anew took half of the time of the tests. So do applications
on all settings but which installation they are of: one is lent to test after test. What SQLAlchemy asks a
PostgreSQL server about itself is asked once, for all tests have one, and connections to it are kept for the
next. Passwords are slow on purpose: each is hashed, and found to be right, once in a process.
"""

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from argon2 import PasswordHasher, extract_parameters
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

from surveys import database
from surveys.config import Settings
from surveys.installation import open_installation
from surveys.running import passwords
from tests.support import lending, run_folder


class _Templates(BytecodeCache):
    """Kept in the process, and in the run's folder for its other processes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            with suppress(FileNotFoundError):
                bucket.bytecode_from_string(_file(bucket).read_bytes())
            self._keep(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._keep(bucket)
        whole = _file(bucket)
        draft = whole.with_suffix(f".{os.getpid()}-{threading.get_ident()}")  # a live server has threads
        draft.parent.mkdir(exist_ok=True)
        draft.write_bytes(bucket.bytecode_to_string())
        draft.rename(whole)

    def _keep(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


def _file(bucket: Bucket) -> Path:
    return run_folder.path() / "templates" / f"{bucket.key}-{bucket.checksum}"


_templates = _Templates()
_compile = Rule._compile_builder
_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_statements: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
_idle: defaultdict[Any, list[Flask]] = defaultdict(list)
_ask = PGDialect_psycopg.initialize
_told: dict[str, Any] = {}


def app_of(settings: Settings) -> Flask:
    """Return ``create_app(settings)``."""
    # Here and not above, so that a fault in the web room fails its own tests and no others.
    from surveys.app import create_app  # noqa: PLC0415

    made = create_app(settings)
    made.jinja_env.bytecode_cache = _templates
    return made


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """Yield ``create_app(settings)`` for one test, and close its database afterwards.

    It may have served other tests: what makes it this installation's is set anew. One that a test has added
    routes to serves no other.
    """
    kind = replace(settings, instance=Path(), database_url="", base_url=""), settings.is_https
    lent = _moved(_idle[kind].pop(), settings) if _idle[kind] else app_of(settings)
    routes, configured = len(lent.view_functions), dict(lent.config)
    lent.config["TESTING"] = True
    with closing(lent.extensions["folja"]):
        yield lent
    if len(lent.view_functions) == routes:
        lent.config.clear()
        lent.config.update(configured)
        _idle[kind].append(lent)


def _moved(app: Flask, settings: Settings) -> Flask:
    from surveys.app import Sessions, _configure  # noqa: PLC0415

    app.extensions["folja"] = installation = open_installation(settings)
    _configure(app, installation)
    app.session_interface = Sessions()
    app._got_first_request = False
    return app


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    key = (tuple(rule._trace), str(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


def _engine(*arguments: Any, **options: Any) -> Engine:
    made = create_engine(*arguments, **options)
    made.update_execution_options(compiled_cache=_statements[made.dialect.name])
    if made.dialect.name == "postgresql":
        event.listen(made, "do_connect", lending.connect)
    return made


def _initialize(dialect: PGDialect_psycopg, connection: Connection) -> None:
    if _told:
        vars(dialect).update(_told)
        return
    before = dict(vars(dialect))
    _ask(dialect, connection)
    _told.update({name: value for name, value in vars(dialect).items() if before.get(name) is not value})


class _Hasher(PasswordHasher):
    hash = cache(PasswordHasher.hash)
    verify = cache(PasswordHasher.verify)  # a wrong one is tried each time


def keep() -> None:
    """Begin, in this process. Dialects of one kind count as one, for statements are kept by their dialect."""
    Rule._compile_builder = _builder  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[assignment,method-assign]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]
    PGDialect_psycopg.initialize = _initialize  # type: ignore[method-assign]
    database.create_engine = _engine  # type: ignore[assignment]
    passwords._hasher = _Hasher.from_parameters(extract_parameters(passwords.hashed("of nobody")))
