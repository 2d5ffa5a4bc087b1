"""The questions somebody is asked: forms of versions, parsed once and kept, as they are at an occasion."""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Pool, select

from surveys.domain.questionnaire import Form, ThemeRef, expand, parse
from surveys.domain.questions import ThemeChoice
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.queries.answering import FIELD, RECORD, AskedRow

_MOST_KEPT = 500

# Versions are read whole and parsed; both cost more than all the rest of a page. A version does not change
# while its digest stays, so what has been parsed is kept as long as the pool it came from.
_parsed: "WeakKeyDictionary[Pool, dict[tuple[int, str], Form]]" = WeakKeyDictionary()
_expanded: "WeakKeyDictionary[Pool, dict[SheetKey, Form]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class SheetKey:
    """All that decides how a form looks before anything is filled in, but for the language."""

    version_id: int
    digest: str
    themes: tuple[ThemeRef, ...] = ()
    known_theme: str | None = None  # its code, where the register knows it

    @property
    def version(self) -> str:
        """Names the questions on a page; goes with the form and comes back with it."""
        return f"{self.version_id}.{self.digest[:16]}"


def sheet_of(connection: Connection, row: AskedRow) -> tuple[SheetKey, Form]:
    """The form of an invitation (a row of :func:`surveys.queries.answering.asked`), with the themes of its
    occasion in it. A theme that the register knows is not asked for.
    """
    key = SheetKey(row.version_id, row.version_digest)
    if _form_of(connection, key).needs_themes:
        key = SheetKey(row.version_id, row.version_digest, _themes(row), row.theme_code)
    return key, expanded(connection, key)


def expanded(connection: Connection, key: SheetKey) -> Form:
    """The form that a key says, or the one that has taken its place since the key was read."""
    form = _form_of(connection, key)
    kept = _expanded.setdefault(connection.engine.pool, {})
    if key in kept:
        return kept[key]
    made = expand(form, key.themes, key.known_theme)
    # Were the questions changed since the key was read, this is not what it says.
    if (key.version_id, key.digest) in _parsed[connection.engine.pool]:
        _make_room(kept)
        kept[key] = made
    return made


def theme_questions(connection: Connection, row: AskedRow) -> tuple[str, ...]:
    """Codes of the questions in which an invitation's form asks for the theme, shown or not."""
    form = _form_of(connection, SheetKey(row.version_id, row.version_digest))
    return tuple(each.code for each in form.questions if isinstance(each, ThemeChoice))


def _form_of(connection: Connection, key: SheetKey) -> Form:
    """The parsed form of a version, as it is before themes are known."""
    kept = _parsed.setdefault(connection.engine.pool, {})
    if found := kept.get((key.version_id, key.digest)):
        return found
    version = connection.execute(
        select(QuestionnaireVersion.content, QuestionnaireVersion.digest).where(
            QuestionnaireVersion.id == key.version_id
        )
    ).one()
    _make_room(kept)
    form = parse(version.content)
    kept[key.version_id, version.digest] = form  # its own digest: a draft may have been replaced in between
    return form


def _themes(row: AskedRow) -> tuple[ThemeRef, ...]:
    """The parallel themes of the occasion by code; none where it is no occasion that is asked about."""
    listed = (each.split(FIELD, 1) for each in (row.themes or "").split(RECORD) if each)
    return tuple(ThemeRef(code, title) for code, title in sorted(listed))


def _make_room(kept: dict[Any, Form]) -> None:
    if len(kept) >= _MOST_KEPT:
        kept.clear()
