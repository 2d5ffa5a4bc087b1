"""Reading a questionnaire document: each value by name, every fault noted with its path, none fatal."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from surveys.domain.expressions import BadExpression, Expression, parse
from surveys.domain.texts import LocalText, language_tag

Path = tuple[str | int, ...]

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", re.ASCII)
_FLAGS = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True)
class FormFault:
    """What is wrong at ``path`` (keys and positions from the top of the document); ``code`` is stable."""

    path: Path
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class BadForm(ValueError):
    """A questionnaire that cannot be used; ``faults`` lists everything wrong with it."""

    code = "bad_form"

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, each.path))}: {each.code}" for each in faults))
        self.faults = faults


class Node:
    """One mapping of the document. Asking for a value notes its faults and gives back something usable."""

    def __init__(
        self,
        content: object,
        path: Path = (),
        faults: list[FormFault] | None = None,
        languages: Collection[str] = (),
    ) -> None:
        self.path, self.languages = path, tuple(languages)
        self.faults: list[FormFault] = [] if faults is None else faults
        self._asked: set[str] = set()
        self._is_whole = isinstance(content, Mapping)
        self._content: Mapping[str, object] = content if isinstance(content, Mapping) else {}
        if not self._is_whole:
            self.fault("not_a_mapping")

    def fault(self, code: str, *at: str | int, **params: object) -> None:
        """Note a fault of the value at ``at`` below this node; nothing is missing in what is no mapping."""
        if code != "missing" or self._is_whole:
            self.faults.append(FormFault((*self.path, *at), code, params))

    def text(self, name: str) -> LocalText:
        """A text in every language that the project has; a fault where one is missing."""
        found = self.optional_text(name)
        if not found:
            self.fault("missing", name)
        return found

    def optional_text(self, name: str) -> LocalText:
        """As :meth:`text`, but {} where there is none at all."""
        value = self._take(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
            self.fault("not_a_text", name)
            return {}
        # {sv: Yes, or no?} in YAML is two keys: what follows the comma must not be lost in silence.
        for key in value:
            if language_tag(str(key)) != key:
                self.fault("unknown_key", name, str(key))
        for language in self.languages:
            if not str(value.get(language, "")).strip():
                self.fault("missing_language", name, language=language)
        return {str(key): str(each).strip() for key, each in value.items() if str(each).strip()}

    def code(self, name: str = "code", pattern: re.Pattern[str] = _CODE) -> str:
        """A short code without spaces; a fault where it is missing or has other characters."""
        value = str(self._take(name) or "")
        if not value:
            self.fault("missing", name)
        elif not pattern.fullmatch(value):
            self.fault("bad_code", name, value=value)
        return value

    def day(self, name: str) -> date | None:
        """A date (YYYY-MM-DD), or None where there is none."""
        value = self._take(name)
        if value is None or value == "":
            return None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault("not_a_date", name, value=str(value))
            return None

    def expression(self, name: str) -> Expression | None:
        """An expression, or None where there is none."""
        text = str(self._take(name) or "").strip()
        try:
            return parse(text) if text else None
        except BadExpression as bad:
            self.fault(bad.code, name, **{"position": bad.position + 1} | bad.params)
            return None

    def optional_code(self, name: str) -> str:
        """A short code, or "" where there is none."""
        return str(self._take(name) or "")

    def whole(self, name: str, default: int, lowest: int, highest: int) -> int:
        """A whole number between ``lowest`` and ``highest``."""
        value = self._take(name)
        if value is None or value == "":
            return default
        number = int(str(value)) if re.fullmatch(r"-?\d{1,9}", str(value)) else None
        if number is None or not lowest <= number <= highest:
            self.fault("not_between", name, value=str(value), lowest=lowest, highest=highest)
            return default
        return number

    def decimal(self, name: str) -> Decimal | None:
        """A number, or None where there is none."""
        value = self._take(name)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            self.fault("not_a_number", name, value=str(value))
            return None
        return number

    def flag(self, name: str) -> bool:
        """Yes or no; no where nothing is said."""
        value = self._take(name)
        if value is None:
            return False
        known = _FLAGS.get(value.lower() if isinstance(value, str) else value) if _plain(value) else None
        if known is None:
            self.fault("not_yes_or_no", name, value=str(value))
        return bool(known)

    def node(self, name: str) -> "Node":
        """The mapping under ``name``; a fault where there is none."""
        value = self._take(name)
        if value is None:
            self.fault("missing", name)
        return Node({} if value is None else value, (*self.path, name), self.faults, self.languages)

    def nodes(self, name: str) -> Iterator["Node"]:
        """The mappings listed under ``name``, in order."""
        for position, value in enumerate(self._list(name)):
            yield Node(value, (*self.path, name, position), self.faults, self.languages)

    def codes(self, name: str) -> tuple[str, ...]:
        """The codes listed under ``name``."""
        return tuple(str(each) for each in self._list(name))

    def done(self) -> None:
        """Note every value that nobody asked for; empty ones say nothing and are let through."""
        for name, value in self._content.items():
            if name not in self._asked and value not in (None, "", False, [], {}):
                self.fault("unknown_key", str(name))

    def skip(self, *names: str) -> None:
        """Let these through: they belong to somebody else."""
        self._asked.update(names)

    def _list(self, name: str) -> list[object]:
        value = self._take(name)
        if value is None or isinstance(value, list):
            return value or []
        self.fault("not_a_list", name)
        return []

    def _take(self, name: str) -> object:
        self._asked.add(name)
        return self._content.get(name)


def _plain(value: object) -> bool:
    return isinstance(value, bool | str)
