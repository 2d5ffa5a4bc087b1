"""What all kinds of LimeSurvey questions share on their way in: codes, names, texts and options."""

from collections.abc import Mapping

from surveys.domain.choices import OTHER
from surveys.domain.drafting import MOST_OPTIONS
from surveys.importing.exchanged import Builder, JsonObject, fitting_option
from surveys.importing.losses import Place
from surveys.importing.lss_expressions import Variable
from surveys.importing.lss_survey import Item, LssQuestion
from surveys.importing.lss_texts import EXPRESSION, plain

Texts = Mapping[str, str]
Points = tuple[list[JsonObject], dict[str, str]]  # options, and name in the file → code where they differ

# What LimeSurvey itself writes beside the boxes, in the languages we know it in.
_WORDS = {
    "Y": {"sv": "Ja", "en": "Yes"},
    "N": {"sv": "Nej", "en": "No"},
    "U": {"sv": "Osäker", "en": "Uncertain"},
    "I": {"sv": "Ökar", "en": "Increase"},
    "S": {"sv": "Oförändrat", "en": "Same"},
    "D": {"sv": "Minskar", "en": "Decrease"},
    "F": {"sv": "Kvinna", "en": "Female"},
    "M": {"sv": "Man", "en": "Male"},
}
WORDED = {"Y": "YN", "G": "FM", "C": "NUY", "E": "DSI"}  # scales lowest first


class Maker:
    """Makes the parts of questions; ``variables`` says what LimeSurvey's names mean in expressions."""

    def __init__(self, builder: Builder, languages: list[str]) -> None:
        self.builder, self.languages = builder, languages
        self.variables: dict[str, Variable] = {}
        self._filters: dict[int, tuple[str, ...]] = {}  # by the line of the question

    def plain(self, place: Place, subject: str, texts: Texts) -> dict[str, str]:
        """Texts without HTML, fit to be kept; what is lost is noted."""
        found, lost, expression = {}, set[str](), ""
        for language, text in texts.items():
            found[language or self.languages[0]], gone = plain(text)
            lost |= set(gone)
            expression = expression or "".join(EXPRESSION.findall(text)[:1])
        if lost:
            self.builder.lose(place, subject, "html_left_out", ", ".join(sorted(lost)))
        if expression:
            self.builder.lose(place, subject, "answer_in_text", expression)
        return self.builder.text(place, subject, found)

    def common(self, question: LssQuestion, place: Place, kind: str, code: str = "") -> JsonObject:
        """What every question has."""
        code = code or self.code(question, question.code, place)
        texts = self.plain(place, question.code, question.texts)
        if not texts:
            self.builder.lose(place, question.code, "without_text")
        return {
            "code": code,
            "kind": kind,
            "text": texts or {self.languages[0]: question.code or code},
            "hint": self.plain(place, question.code, question.help),
            "required": kind != "information" and question.row.get("mandatory") == "Y",
        }

    def code(self, question: LssQuestion, name: str, place: Place, part: str = "") -> str:
        """A code; from now on LimeSurvey's names mean that question in expressions."""
        code = self.builder.code(name, place)
        self.known_as(question, part, Variable(code))
        return code

    def known_as(self, question: LssQuestion, part: str, variable: Variable) -> None:
        """Let the names of a question, or of a ``part`` of it, mean ``variable``; scales are "#0", "#1"."""
        row = question.row
        address = "X".join(row.get(name) for name in ("sid", "gid", "qid")) + part
        name = f"{question.code}_{part.replace('#', '_')}" if part else question.code
        for known in (name, address):
            self.variables.setdefault(known, variable)

    def part(
        self, question: LssQuestion, place: Place, kind: str, parts: tuple[Item, ...], scale: str = ""
    ) -> JsonObject:
        """One of several that a question becomes: what all share goes before what its parts say."""
        own = Place(parts[0].row.table, parts[0].row.line)
        name = "_".join(each.code for each in parts)
        code = self.code(question, f"{question.code}_{name}{scale.replace('#', '_')}", own, name + scale)
        content = self.common(question, place, kind, code)
        texts = [content["text"] if question.texts else {}]
        texts += [self.plain(Place(each.row.table, each.row.line), each.code, each.texts) for each in parts]
        return content | {
            "text": joined(texts) or content["text"],
            "shown_if": self._shown_if(question, parts[0]),
        }

    def filters(self, question: LssQuestion) -> tuple[str, ...]:
        """The attributes that show each row of a question as the answer to another has it."""
        known = self._filters.get(question.row.line)
        if known is None:
            known = self._filters[question.row.line] = tuple(
                name
                for name in ("array_filter", "array_filter_exclude")
                if (other := question.attribute(name))
                and all(f"{other}_{each.code}" in self.variables for each in question.parts if not each.scale)
            )
        return known

    def points(self, items: list[Item], place: Place, subject: str) -> Points:
        """Options as they can be kept."""
        points: dict[str, JsonObject] = {}
        taken: set[str] = {OTHER}
        for item in items[:MOST_OPTIONS]:
            where = Place(item.row.table, item.row.line)
            if item.code in points:
                self.builder.lose(where, subject, "option_twice", item.code)
                continue
            code = fitting_option(item.code, taken)
            taken.add(code)
            if code != item.code:
                self.builder.lose(where, subject, "option_renamed", item.code, name=code)
            label = self.plain(where, subject, item.texts)
            if not label:
                self.builder.lose(where, subject, "without_text", item.code)
            points[item.code] = {"code": code, "label": label or {self.languages[0]: code}}
        if len(items) > MOST_OPTIONS:
            self.builder.lose(place, subject, "option_too_many", most=MOST_OPTIONS)
        renamed = {was: point["code"] for was, point in points.items() if was != point["code"]}
        return list(points.values()), renamed

    def worded(self, kind: str, place: Place, subject: str) -> list[JsonObject]:
        """Options that LimeSurvey words itself."""
        known = [language for language in self.languages if language in _WORDS["Y"]]
        if len(known) < len(self.languages):
            self.builder.lose(place, subject, "labels_in_english", kind)
        return [
            {"code": code, "label": {each: _WORDS[code][each] for each in known or ["en"]}}
            for code in WORDED[kind]
        ]

    def numbered(self, most: int) -> list[JsonObject]:
        """Points 1, 2 …, which are their own labels."""
        return [
            {"code": str(number), "label": dict.fromkeys(self.languages, str(number))}
            for number in range(1, most + 1)
        ]

    def _shown_if(self, question: LssQuestion, part: Item) -> str:
        """The condition of a row, and those that follow from the answer to another question."""
        own = part.row.get("relevance").strip()
        found = [own] if own not in ("", "1") else []
        for name in self.filters(question):
            sign = "!" if name == "array_filter" else ""
            found.append(f"{sign}is_empty({question.attribute(name)}_{part.code})")
        return " and ".join(f"({each})" for each in found)


def joined(texts: list[dict[str, str]]) -> dict[str, str]:
    """Texts one after the other, in every language that any of them has."""
    languages = dict.fromkeys(language for each in texts for language in each)
    return {
        language: " – ".join(text for each in texts if (text := each.get(language))) for language in languages
    }
