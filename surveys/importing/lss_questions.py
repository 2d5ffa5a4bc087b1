"""A question of LimeSurvey → none, one or several of ours."""

from collections.abc import Callable, Iterator

from surveys.importing import lss_attributes as attributes
from surveys.importing.exchanged import JsonObject
from surveys.importing.losses import Place
from surveys.importing.lss_expressions import Variable
from surveys.importing.lss_making import WORDED
from surveys.importing.lss_survey import LssQuestion
from surveys.importing.lss_tables import Tables

_NOT_CARRIED = {"|": "type_media", "*": "type_computed", "I": "type_language"}


class Questions(Tables):
    """Makes questions, whatever their kind."""

    def asked(self, question: LssQuestion, group: str) -> Iterator[JsonObject]:
        """The contents of the questions that this one becomes.

        ``shown_if`` in one is LimeSurvey's condition of the row that it was.
        """
        place = Place(question.row.table, question.row.line)
        kind = question.kind
        if question.attribute("hidden") == "1":
            said = next(iter(question.texts.values()), "")
            self.builder.lose(place, question.code, "question_hidden", said)
            return
        make = self._maker(kind)
        if make is None:
            code = _NOT_CARRIED.get(kind, "type_unknown")
            self.builder.lose(place, question.code, code, kind, type=kind)
            return
        is_split = make not in (self._one, self._several, self._single)
        attributes.note(self.builder, question, place, self.filters(question) if is_split else ())
        for content in make(question, place):
            yield content | {"group": group}

    def _maker(self, kind: str) -> Callable[[LssQuestion, Place], Iterator[JsonObject]] | None:
        match kind:
            case "L" | "!" | "O" | "Y" | "G":
                return self._one
            case "M" | "P":
                return self._several
            case "F" | "H" | "A" | "B" | "C" | "E":
                return self.rows
            case "1":
                return self.two_scales
            case "K" | "Q":
                return self.fields
            case ":" | ";":
                return self.cells
            case "5" | "N" | "D" | "R" | "X" | "S" | "T" | "U":
                return self._single
        return None

    def _one(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        content = self.common(question, place, "one_choice")
        if question.kind in WORDED:
            options = self.worded(question.kind, place, question.code)
        else:
            options, renamed = self.points(question.options, place, question.code)
            self.builder.names.options[content["code"]] = renamed
        if question.kind == "O":
            self.builder.lose(place, question.code, "comment_left_out")
        yield content | {"options": options, "other": question.row.get("other") == "Y"}

    def _several(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        content = self.common(question, place, "several_choices")
        options, renamed = self.points(question.parts, place, question.code)
        for part in question.parts:
            option = renamed.get(part.code, part.code)
            self.known_as(question, part.code, Variable(content["code"], option))
            if (condition := part.row.get("relevance").strip()) not in ("", "1"):
                where = Place(part.row.table, part.row.line)
                self.builder.lose(where, part.code, "option_always_there", condition)
        if question.kind == "P":
            self.builder.lose(place, question.code, "comment_left_out")
        yield content | {
            "options": options,
            "other": question.row.get("other") == "Y",
            "max": attributes.whole(question.attribute("max_answers")),
        }

    def _single(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        match question.kind:
            case "S" | "N":
                yield self.common(question, place, "short_text") | self.typed(question, place)
            case "T" | "U":
                length = attributes.length(self.builder, question, place, "long_text")
                yield self.common(question, place, "long_text") | length
            case "5":
                yield self.common(question, place, "scale") | {"scale": {"points": self.numbered(5)}}
            case "D":
                days = attributes.days(self.builder, question, place)
                yield self.common(question, place, "date") | days
            case "R":
                yield self._ranking(question, place)
            case _:
                yield self.common(question, place, "information")

    def _ranking(self, question: LssQuestion, place: Place) -> JsonObject:
        options, _renamed = self.points(question.options or question.parts, place, question.code)
        most = attributes.whole(question.attribute("max_subquestions") or question.attribute("max_answers"))
        return self.common(question, place, "ranking") | {
            "options": options,
            "max": most if most <= len(options) else 0,
        }
