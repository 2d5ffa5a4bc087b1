"""LimeSurvey's arrays and fields: questions that are asked as a table there, and one by one here."""

from collections.abc import Iterator

from surveys.domain.drafting import MOST_OPTIONS
from surveys.domain.point_questions import DONT_KNOW, DONT_KNOW_LABEL
from surveys.domain.texts import pick
from surveys.importing import lss_attributes as attributes
from surveys.importing.exchanged import JsonObject
from surveys.importing.losses import Place
from surveys.importing.lss_expressions import Variable
from surveys.importing.lss_making import WORDED, Maker, Points, joined
from surveys.importing.lss_survey import Item, LssQuestion

MOST_CELLS = 40  # of a table, each a question; a larger one is left out, and the rest still comes in
_POINTS = {"5": 5, "A": 5, "B": 10}
_SCALES = (("#0", "dualscale_headerA"), ("#1", "dualscale_headerB"))


class Tables(Maker):
    """Makes several questions of one."""

    def rows(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        """An array: one scale a row, each a question that stands by itself."""
        kind, renamed = question.kind, dict[str, str]()
        if kind in WORDED:
            points = self.worded(kind, place, question.code)
        elif kind in _POINTS:
            points = self.numbered(_POINTS[kind])
        else:
            points, renamed = self._scale(question, place, 0)
        parts = [each for each in question.parts if not each.scale]
        self.builder.lose(place, question.code, "array_split", rows=len(parts))
        answers = self._answers(points, place, question.code)
        for each in parts:
            content = self.part(question, place, "scale", (each,)) | answers
            self.builder.names.options[content["code"]] = renamed
            yield content

    def two_scales(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        """An array with two scales beside each other: two questions a row."""
        parts = [each for each in question.parts if not each.scale]
        self.builder.lose(place, question.code, "array_split_twice", rows=len(parts))
        scales = [self._scale(question, place, number) for number in range(len(_SCALES))]
        for each in parts:
            for (sign, header), (points, renamed) in zip(_SCALES, scales, strict=True):
                content = self.part(question, place, "scale", (each,), sign)
                heading = self.plain(place, question.code, question.attributes.get(header, {}))
                content["text"] = joined([content["text"], heading])
                self.builder.names.options[content["code"]] = renamed
                yield content | self._answers(points, place, question.code)

    def fields(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        """Several numbers or short texts: one a field."""
        self.builder.lose(place, question.code, "fields_split", rows=len(question.parts))
        for each in question.parts:
            yield self.part(question, place, "short_text", (each,)) | self.typed(question, place)

    def cells(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        """A table of numbers, texts or boxes: one question a cell, or a choice of several a row of boxes."""
        rows = [each for each in question.parts if not each.scale]
        columns = [each for each in question.parts if each.scale]
        boxes = question.kind == ":" and question.attribute("multiflexible_checkbox") == "1"
        many = len(rows) * (1 if boxes else len(columns))
        if many > MOST_CELLS or len(columns) > MOST_OPTIONS:
            self.builder.lose(place, question.code, "type_table", question.kind, most=MOST_CELLS)
            return
        self.builder.lose(place, question.code, "fields_split", rows=many)
        for row in rows:
            if boxes:
                yield self._boxes(question, row, columns, place)
                continue
            for column in columns:
                yield self.part(question, place, "short_text", (row, column)) | self.typed(question, place)

    def typed(self, question: LssQuestion, place: Place) -> JsonObject:
        """A field for a number or a short text: its kind and its limits."""
        if question.kind in "KN:" or question.attribute("numbers_only") == "1":
            unit = self.plain(place, question.code, question.attributes.get("suffix", {}))
            found = attributes.limits(self.builder, question, place) | ({"unit": unit} if unit else {})
            return {"kind": "number"} | found
        return attributes.length(self.builder, question, place, "short_text")

    def _boxes(self, question: LssQuestion, row: Item, columns: list[Item], place: Place) -> JsonObject:
        content = self.part(question, place, "several_choices", (row,))
        options, renamed = self.points(columns, place, question.code)
        for column in columns:
            option = renamed.get(column.code, column.code)
            self.known_as(question, f"{row.code}_{column.code}", Variable(content["code"], option))
        return content | {"options": options}

    def _scale(self, question: LssQuestion, place: Place, number: int) -> Points:
        """The points of one of its scales, taken as standing lowest first."""
        self.builder.lose(place, question.code, "scale_lowest_first")
        return self.points([each for each in question.options if each.scale == number], place, question.code)

    def _answers(self, points: list[JsonObject], place: Place, subject: str) -> JsonObject:
        rest = [point for point in points if point["code"] != DONT_KNOW]
        for point in points:
            label = point["label"] if point["code"] == DONT_KNOW else {}
            if any(text != pick(DONT_KNOW_LABEL, language, "en") for language, text in label.items()):
                said = next(iter(label.values()))
                self.builder.lose(place, subject, "label_of_ours", said, name=DONT_KNOW)
        return {"scale": {"points": rest}, "dont_know": len(rest) < len(points)}
