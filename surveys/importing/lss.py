"""A questionnaire from a LimeSurvey structure file (.lss): what Följa has comes in, the rest is noted.

Source: files written by LimeSurvey 1.9 to 6 and https://www.limesurvey.org/manual/Question_types.
"""

from collections.abc import Iterable, Mapping

from surveys.domain.choices import OTHER
from surveys.importing.exchanged import Builder, JsonObject
from surveys.importing.foreign import Foreign
from surveys.importing.losses import Place, ReadQuestionnaire
from surveys.importing.lss_document import LssRow, tables_of
from surveys.importing.lss_expressions import translated
from surveys.importing.lss_questions import Questions
from surveys.importing.lss_survey import Item, LssQuestion, Survey, Tables, survey_of

# Tables whose rows say something that is not carried over, and what to call it.
_LEFT_OUT = {
    "quota": "quota_left_out",
    "assessments": "assessment_left_out",
    "defaultvalues": "default_left_out",
    "survey_url_parameters": "parameter_left_out",
}
_TEXTS_LEFT_OUT = ("endtext", "policy_notice")
_METHODS = frozenset({"==", "!=", "<", "<=", ">", ">="})


def read(raw: bytes) -> ReadQuestionnaire:
    """Read a .lss file. Raises :class:`Refused` where nothing can be made of it."""
    tables = tables_of(raw)
    return _Form(tables, survey_of(tables)).read()


class _Form:
    def __init__(self, tables: Tables, survey: Survey) -> None:
        self.tables, self.survey = tables, survey
        self.builder = Builder(Place("surveys", 0))
        self.builder.names.every = {"-oth-": OTHER}  # as LimeSurvey calls it in expressions
        self.questions = Questions(self.builder, survey.languages)

    def read(self) -> ReadQuestionnaire:
        conditions = self._conditions()
        asked = dict(self.survey.questions)
        for group in self.survey.groups:
            if questions := asked.pop(group.code, ()):
                self._ask(questions, self._group(group), conditions)
        for questions in asked.values():  # in no group that is there
            self._ask(questions, "", conditions)
        self._texts()
        for table, loss in _LEFT_OUT.items():
            for row in self.tables.get(table, ()):
                self.builder.lose(_place(row), row.get("name") or row.get("qid"), loss, row.get("name"))
        return self.builder.finished()

    def _ask(self, questions: Iterable[LssQuestion], group: str, conditions: Mapping[str, str]) -> None:
        for question in questions:
            for content in self.questions.asked(question, group):
                shown_if = content.pop("shown_if", "")
                relevant = self._relevant(question.row, conditions.get(question.row.get("qid"), ""), shown_if)
                self.builder.question(_place(question.row), question.code, content | {"relevant": relevant})

    def _group(self, group: Item) -> str:
        place = _place(group.row)
        title = self.questions.plain(place, group.code, group.texts)
        if group.row.get("randomization_group"):
            self.builder.lose(place, group.code, "order_not_random", group.row.get("randomization_group"))
        if not title:
            return ""
        code = self.builder.group_code(next(iter(title.values())))
        content: JsonObject = {
            "code": code,
            "title": title,
            "text": self.questions.plain(place, group.code, group.help),
            "relevant": self._relevant(group.row, ""),
        }
        self.builder.group(place, next(iter(title.values())), content)
        return code

    def _relevant(self, row: LssRow, conditions: str, more: str = "") -> Foreign | None:
        """The condition of a row, or those of the old kind, and what ``more`` must hold."""
        text = row.get("grelevance" if row.table == "groups" else "relevance").strip()
        said = conditions if text in ("", "1") else text
        said = f"({said}) and {more}" if said and more else said or more
        if not said:
            return None
        return Foreign(said, lambda written: translated(written, self.questions.variables))

    def _texts(self) -> None:
        survey, place = self.survey, _place(self.survey.settings)
        title = self.questions.plain(place, "title", survey.titles.get("title", {}))
        document = self.builder.document
        document["title"] = title or {survey.languages[0]: "LimeSurvey"}
        parts = [survey.titles.get(name, {}) for name in ("description", "welcometext")]
        both = {
            language: "\n\n".join(text for part in parts if (text := part.get(language)))
            for part in parts
            for language in part
        }
        if intro := self.questions.plain(place, "intro", both):
            document["intro"] = intro
        if survey.settings.get("format") == "S":
            document["layout"] = "one_at_a_time"
        for name in _TEXTS_LEFT_OUT:
            for text in survey.titles.get(name, {}).values():
                self.builder.lose(place, name, "survey_text_left_out", text)

    def _conditions(self) -> dict[str, str]:
        """Conditions of the old kind as expressions of ours, by the id of the question they are on.

        Those on one question are alternatives, those on several must all hold; scenarios are alternatives.
        """
        found: dict[str, dict[str, dict[str, list[str]]]] = {}
        for row in self.tables.get("conditions", ()):
            scenarios = found.setdefault(row.get("qid"), {})
            asked_of = scenarios.setdefault(row.get("scenario", "1"), {})
            asked_of.setdefault(row.get("cqid"), []).append(_condition(row))
        return {qid: _alternatives(scenarios) for qid, scenarios in found.items()}


def _condition(row: LssRow) -> str:
    """One condition in the words of LimeSurvey's expressions."""
    method, value = row.get("method").strip(), row.get("value")
    field = row.get("cfieldname").lstrip("+")
    if method not in _METHODS or not field[:1].isdigit() or any(sign in value for sign in "'@{"):
        return f"condition({field!r}, {method!r})"  # no function that is known: it is noted as it stands
    return f"{field} {method} '{value}'"


def _alternatives(scenarios: dict[str, dict[str, list[str]]]) -> str:
    each = [_joined("and", [_joined("or", one) for one in all_.values()]) for all_ in scenarios.values()]
    return _joined("or", each)


def _joined(word: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else "(" + f") {word} (".join(parts) + ")"


def _place(row: LssRow) -> Place:
    return Place(row.table, row.line)
