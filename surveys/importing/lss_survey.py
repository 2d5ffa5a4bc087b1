"""The parts of a LimeSurvey file, whichever version wrote it: groups, questions, options, attributes.

Until version 4 a question stood once for each language; since then its texts stand in tables of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from surveys.importing.files import Refused
from surveys.importing.lss_document import LssRow
from surveys.importing.xlsform_languages import tag_of

Tables = dict[str, list[LssRow]]
Texts = dict[str, str]


@dataclass
class Item:
    """A group, question, subquestion or option. ``texts`` and ``help`` by language tag, as written."""

    row: LssRow
    code: str
    order: int
    scale: int = 0
    texts: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)


@dataclass
class LssQuestion(Item):
    """``attributes``: name → language tag, "" for none → value."""

    parts: list[Item] = field(default_factory=list)
    options: list[Item] = field(default_factory=list)
    attributes: dict[str, Texts] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.row.get("type")

    def attribute(self, name: str) -> str:
        """An attribute that has no language."""
        return self.attributes.get(name, {}).get("", "")


@dataclass
class Survey:
    """``questions`` in the order asked, by the id of their group."""

    settings: LssRow
    languages: list[str]
    titles: dict[str, Texts]  # what of the survey's texts → language → text
    groups: list[Item]
    questions: dict[str, list[LssQuestion]]


def survey_of(tables: Tables) -> Survey:
    """Put the tables together. Raises :class:`Refused` where there is no question."""
    settings = next(iter(tables.get("surveys", ())), LssRow("surveys", 0, {}))
    languages = [settings.get("language"), *settings.get("additional_languages").split()]
    titles: dict[str, Texts] = {}
    for row in tables.get("surveys_languagesettings", ()):
        for name in ("title", "description", "welcometext", "endtext", "policy_notice"):
            if text := row.get(f"surveyls_{name}"):
                titles.setdefault(name, {})[_tag(row.get("surveyls_language"))] = text
    if not tables.get("questions"):
        raise Refused(0, "no_questions")
    tags = list(dict.fromkeys(tag for language in languages if (tag := _tag(language))))
    tags += [tag for texts in titles.values() for tag in texts if tag and tag not in tags]
    return Survey(settings, tags or ["en"], titles, _groups(tables), _questions(tables))


def _groups(tables: Tables) -> list[Item]:
    found = _items(tables.get("groups", ()), "gid", "gid", "group_order", ("group_name", "description"))
    _add_texts(found, tables.get("group_l10ns", ()), "gid", ("group_name", "description"))
    return sorted(found.values(), key=lambda item: item.order)


def _questions(tables: Tables) -> dict[str, list[LssQuestion]]:
    rows = [row for row in tables["questions"] if row.get("parent_qid", "0") == "0"]
    parts = [row for row in tables["questions"] if row.get("parent_qid", "0") != "0"]
    made: dict[str, LssQuestion] = {}
    for qid, item in _items(rows, "qid", "title", "question_order", ("question", "help")).items():
        made[qid] = LssQuestion(item.row, item.code, item.order, texts=item.texts, help=item.help)
    below = _items(
        [*tables.get("subquestions", ()), *parts], "qid", "title", "question_order", ("question", "help")
    )
    texts = tables.get("question_l10ns", ())
    _add_texts(made, texts, "qid", ("question", "help"))
    _add_texts(below, texts, "qid", ("question", "help"))
    for item in sorted(below.values(), key=lambda item: item.order):
        if parent := made.get(item.row.get("parent_qid")):
            parent.parts.append(item)
    _add_options(made, tables)
    for row in tables.get("question_attributes", ()):
        if (found := made.get(row.get("qid"))) and row.get("value"):
            tags = found.attributes.setdefault(row.get("attribute"), {})
            tags[_tag(row.get("language"))] = row.get("value")
    by_group: dict[str, list[LssQuestion]] = {}
    for question in sorted(made.values(), key=lambda question: question.order):
        by_group.setdefault(question.row.get("gid"), []).append(question)
    return by_group


def _add_options(made: dict[str, LssQuestion], tables: Tables) -> None:
    options: dict[str, Item] = {}
    for row in tables.get("answers", ()):
        key = row.get("aid") or "/".join(row.get(name) for name in ("qid", "scale_id", "code"))
        item = options.setdefault(
            key, Item(row, row.get("code"), row.whole("sortorder"), row.whole("scale_id"))
        )
        if row.get("answer"):
            item.texts[_tag(row.get("language"))] = row.get("answer")
    for row in tables.get("answer_l10ns", ()):
        if (found := options.get(row.get("aid"))) and row.get("answer"):
            found.texts[_tag(row.get("language"))] = row.get("answer")
    for item in sorted(options.values(), key=lambda item: item.order):
        if question := made.get(item.row.get("qid")):
            question.options.append(item)


def _items(
    rows: Iterable[LssRow], key: str, code: str, order: str, texts: tuple[str, str]
) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for row in rows:
        item = found.setdefault(
            row.get(key), Item(row, row.get(code), row.whole(order), row.whole("scale_id"))
        )
        _take_texts(item, row, texts)
    return found


def _add_texts(
    items: dict[str, LssQuestion] | dict[str, Item], rows: Iterable[LssRow], key: str, texts: tuple[str, str]
) -> None:
    for row in rows:
        if item := items.get(row.get(key)):
            _take_texts(item, row, texts)


def _take_texts(item: Item, row: LssRow, texts: tuple[str, str]) -> None:
    tag = _tag(row.get("language"))
    for into, name in zip((item.texts, item.help), texts, strict=True):
        if row.get(name):
            into[tag] = row.get(name)


def _tag(language: str) -> str:
    return tag_of(language) if language else ""
