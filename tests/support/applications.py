"""What every application made in a test process would work out anew: compiled templates and addresses.

A template is compiled by Jinja and a rule of the address map by Werkzeug whenever an application is made,
and tests make more than a thousand. Both depend on nothing but their text, so they are kept by it.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from surveys.config import Settings

_compile = Rule._compile_builder
_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


_templates = _Templates()


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    key = (tuple(rule._trace), str(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _builder  # type: ignore[method-assign]


def create_app(settings: Settings) -> Flask:
    """Return the application of ``surveys.app.create_app`` without the compiling."""
    # Here and not above, so that a fault in the web room fails its own tests and no others.
    from surveys import app  # noqa: PLC0415

    made = app.create_app(settings)
    made.jinja_env.bytecode_cache = _templates
    return made
