"""A questionnaire on its way in from another program: built piece by piece, each loss with its place.

What is built is read by :func:`surveys.domain.questionnaire.parse` before it leaves here. What the rules do
not let through is taken out again, smallest part first, and noted as a loss like all others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.domain.drafting import LONGEST_TEXT, MOST_QUESTIONS
from surveys.domain.expressions import BadExpression
from surveys.domain.expressions import parse as parse_expression
from surveys.domain.questionnaire import BadForm, FormFault, parse
from surveys.domain.texts import LocalText, has_bad_characters, printable, unfolded
from surveys.importing.files import Refused
from surveys.importing.foreign import Foreign, Names
from surveys.importing.losses import Loss, NothingLeft, Place, ReadQuestionnaire

JsonObject = dict[str, Any]

MOST_POINTS = 20_000  # options of all questions together: a list counts each time it is used
LONGEST_QUOTE = 160  # of what stood there, in a report
MOST_LOSSES = 2_000
_ROUNDS = 8
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)
_SMALL = frozenset({"relevant", "check", "check_message", "hint", "unit", "group", "each"})
_SMALL_LIMITS = frozenset({"minimum", "maximum", "earliest", "latest", "max", "max_length", "max_words"})


@dataclass
class _Part:
    place: Place
    name: str
    content: JsonObject


class Builder:
    """Gathers texts, groups and questions, and the losses among them."""

    def __init__(self, top: Place) -> None:
        self.top = top
        self.document: JsonObject = {}
        self.names = Names()
        self.losses: list[Loss] = []
        self.more_losses = 0
        self._groups: list[_Part] = []
        self._questions: list[_Part] = []
        self._codes: dict[str, int] = {}  # each with the number that one like it gets next
        self._group_codes: dict[str, int] = {}
        self._circles = self._points = 0

    @property
    def questions(self) -> list[JsonObject]:
        return [part.content for part in self._questions]

    def lose(self, place: Place, subject: str, code: str, was: object = "", **params: str | int) -> None:
        if len(self.losses) >= MOST_LOSSES:
            self.more_losses += 1
            return
        shown = " ".join(printable(str(was)[: 4 * LONGEST_QUOTE]).split())
        cut = shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 1] + "…"
        self.losses.append(Loss(place, printable(subject)[:80], code, cut, params))

    def code(self, name: str, place: Place, wanted: str = "") -> str:
        """A code for a question or group called ``name``, unlike all others; a change is noted."""
        free = self._free(fitting_code(wanted or name), self._codes)
        if free != (wanted or name):
            self.lose(place, name, "renamed", name, name=free)
        return free

    def group_code(self, name: str, wanted: str = "") -> str:
        """As :meth:`code`, but nobody misses the name of a group; those of questions are another matter."""
        return self._free(fitting_code(wanted or name), self._group_codes)

    @staticmethod
    def _free(made: str, taken: dict[str, int]) -> str:
        free, number = made, taken.get(made, 2)
        while free in taken:
            free, number = f"{made[:54]}_{number}", number + 1
        taken[made] = number
        taken.setdefault(free, 2)
        return free

    def question(self, place: Place, name: str, content: JsonObject) -> None:
        if len(self._questions) >= MOST_QUESTIONS:
            raise Refused(place.row, "too_many_questions", most=MOST_QUESTIONS)
        self._points += len(content.get("options", ())) + len(content.get("scale", {}).get("points", ()))
        if self._points > MOST_POINTS:
            raise Refused(place.row, "too_many_options", most=MOST_POINTS)
        self._questions.append(_Part(place, name, _without_blanks(content)))

    def group(self, place: Place, name: str, content: JsonObject) -> None:
        self._groups.append(_Part(place, name, _without_blanks(content)))

    def text(self, place: Place, subject: str, texts: Mapping[str, str]) -> LocalText:
        """Texts as they can be kept: plain, without control characters, not longer than allowed."""
        kept = {}
        for language, text in texts.items():
            whole = unfolded(text)
            if has_bad_characters(whole):
                whole = printable(whole)
                self.lose(place, subject, "characters_taken_out", whole)
            if len(whole) > LONGEST_TEXT:
                self.lose(place, subject, "text_cut", whole, most=LONGEST_TEXT)
                whole = whole[:LONGEST_TEXT]
            if whole.strip():
                kept[language] = whole.strip()
        return kept

    def finished(self, code: str = "", wave: str = "", privacy_mode: str = "") -> ReadQuestionnaire:
        """What has been gathered, fit to be kept. Raises :class:`Refused` where nothing is left to ask."""
        for _round in range(_ROUNDS):
            self._translate_expressions()
            whole = self._whole()
            try:
                parse(whole)
            except BadForm as bad:
                self._mend(bad.faults)
            else:
                return ReadQuestionnaire(
                    whole, code, wave, privacy_mode, tuple(sorted(self.losses, key=_order)), self.more_losses
                )
        raise Refused(0, "nothing_usable")

    def _whole(self) -> JsonObject:
        used = {part.content.get("group") for part in self._questions}
        self._groups = [part for part in self._groups if part.content["code"] in used]
        groups = {"groups": [part.content for part in self._groups]} if self._groups else {}
        return self.document | groups | {"questions": self.questions}

    def _translate_expressions(self) -> None:
        for part in (*self._groups, *self._questions):
            for key in ("relevant", "check"):
                if isinstance(part.content.get(key), Foreign):
                    self._translate(part, key)

    def _translate(self, part: _Part, key: str) -> None:
        foreign: Foreign = part.content.pop(key)
        try:
            text = foreign.translate(self.names, part.content.get("code", ""))
            if parse_expression(text).about_own and key == "relevant":
                raise BadExpression("circular", 0)
        except BadExpression as bad:
            self.lose(part.place, part.name, f"{key}_{bad.code}", foreign.text, **bad.params)
            if key == "check":
                part.content.pop("check_message", None)
        else:
            part.content[key] = text

    def _mend(self, faults: tuple[FormFault, ...]) -> None:
        """Take out what the rules do not let through; whole questions last, so that positions hold."""
        gone: dict[str, set[int]] = {"questions": set(), "groups": set()}
        for fault in faults:
            if fault.code == "circular":
                self._break_circle(fault)
                continue
            match fault.path:
                case ("questions" | "groups" as kind, int(number), *rest):
                    parts = self._questions if kind == "questions" else self._groups
                    if not self._mend_part(parts[number], rest, fault):
                        gone[str(kind)].add(number)
                case (str(key), *_rest):
                    self._mend_top(key, fault)
                case _:
                    raise Refused(0, "nothing_usable")
        for number in sorted(gone["questions"], reverse=True):
            self._questions.pop(number)
        for number in sorted(gone["groups"], reverse=True):
            self._groups.pop(number)
        if not any(part.content["kind"] != "information" for part in self._questions):
            raise NothingLeft(self.losses)
        kept = {part.content["code"] for part in self._groups}
        for part in self._questions:
            if part.content.get("group", "") not in kept:
                part.content.pop("group", None)

    def _mend_part(self, part: _Part, rest: list[str | int], fault: FormFault) -> bool:
        """Whether the part can stay, without what was at fault."""
        key = str(rest[0]) if rest else ""
        was = part.content.get(key, "")
        params = {name: str(value) for name, value in fault.params.items()}
        if key in _SMALL | _SMALL_LIMITS and part.content.pop(key, None) is not None:
            known = key if key in ("relevant", "check") else "part"
            self.lose(part.place, part.name, f"{known}_{fault.code}", was, **{"part": key} | params)
            if key == "check":
                part.content.pop("check_message", None)
            return True
        if key in part.content and key not in ("code", "kind", "text", "title", "options", "scale"):
            del part.content[key]
            self.lose(part.place, part.name, f"part_{fault.code}", was, **{"part": key} | params)
            return True
        self.lose(part.place, part.name, f"question_{fault.code}", was, **params)
        return False

    def _break_circle(self, fault: FormFault) -> None:
        """Take the conditions in it away. One circle is told of at a time: after a few, all conditions go."""
        self._circles += 1
        codes = set(str(fault.params.get("codes", "")).split(", "))
        everything = self._circles > _ROUNDS // 2
        stand_in = [part for part in self._questions if everything or part.content["code"] in codes]
        groups = {part.content.get("group") for part in stand_in}
        for part in (*stand_in, *(part for part in self._groups if part.content["code"] in groups)):
            if was := part.content.pop("relevant", None):
                self.lose(part.place, part.name, "relevant_circular", was)

    def _mend_top(self, key: str, fault: FormFault) -> None:
        if fault.code == "asks_nothing" or key == "questions":
            raise NothingLeft(self.losses)
        was = self.document.pop(key, "")
        self.lose(self.top, key, f"part_{fault.code}", was, part=key)
        if key == "title":
            self.document["title"] = {"sv": "?"}


def fitting_code(name: str) -> str:
    """``name`` as the code of a question: letters a–z, digits and underscores, a letter first."""
    if _CODE.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name.strip())[:60].strip("_")
    return plain if plain[:1].isalpha() else f"q_{plain}"[:60].strip("_")


def slug(name: str) -> str:
    """``name`` as the code of a questionnaire: small letters, digits, dashes and underscores; "" for none."""
    return re.sub(r"[^a-z0-9_-]+", "-", name.strip().lower())[:64].strip("-_")


def fitting_option(name: str, taken: set[str]) -> str:
    """``name`` as the code of an option, unlike those in ``taken``."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name.strip()).lstrip("_.-")[:40] or "option"
    free, number = plain, 2
    while free in taken:
        free, number = f"{plain[:36]}_{number}", number + 1
    return free


def _without_blanks(content: JsonObject) -> JsonObject:
    return {key: value for key, value in content.items() if value not in (None, "", {}, [], False)}


def _order(loss: Loss) -> tuple[str, int]:
    return (loss.place.sheet, loss.place.row)
