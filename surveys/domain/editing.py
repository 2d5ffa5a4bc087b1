"""Changes of a questionnaire document, each giving a new document: nothing here changes what it is given.

Questions are named by their codes. The questions of a group stand together; whoever moves a question out at
the end of a group takes it out of the group, whoever moves it into a group puts it there.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from surveys.domain.drafting import free

JsonObject = dict[str, Any]
Document = Mapping[str, Any]


class NoSuchPart(LookupError):
    """The document has no question or group with this code (any more)."""

    code = "no_such_part"


def question_of(document: Document, code: str) -> JsonObject:
    """The question with this code. Raises :class:`NoSuchPart`."""
    return _questions(document)[_place(document, code)]


def codes_of(document: Document) -> list[str]:
    return [each["code"] for each in document.get("questions", ())]


def with_question(document: Document, question: JsonObject, after: str = "") -> JsonObject:
    """With one question more: last, or after the one named, and then in its group."""
    questions = _questions(document)
    if after:
        place = _place(document, after)
        question = _in_group(question, questions[place].get("group", ""))
        questions.insert(place + 1, question)
    else:
        questions.append(question)
    return _with(document, questions)


def with_changed(document: Document, code: str, question: JsonObject) -> JsonObject:
    """With ``question`` in the place of the one with ``code``. Raises :class:`NoSuchPart`."""
    questions = _questions(document)
    questions[_place(document, code)] = question
    return _with(document, questions)


def without(document: Document, code: str) -> JsonObject:
    """Without a question; a group that loses its last goes too. Raises :class:`NoSuchPart`."""
    questions = _questions(document)
    del questions[_place(document, code)]
    return _with(document, questions)


def with_copy(document: Document, code: str) -> JsonObject:
    """With a copy of a question right after it, under a code of its own. Raises :class:`NoSuchPart`."""
    copied = deepcopy(question_of(document, code))
    copied["code"] = free(code, codes_of(document))
    return with_question(document, copied, after=code)


def moved(document: Document, code: str, down: bool) -> JsonObject:
    """With a question one step up or down; at the edge of a group a step leads out of it or into the next.

    At the very end nothing changes. Raises :class:`NoSuchPart`.
    """
    questions = _questions(document)
    place = _place(document, code)
    other = place + 1 if down else place - 1
    group = questions[place].get("group", "")
    beside = questions[other].get("group", "") if 0 <= other < len(questions) else None
    if beside is not None and beside == group:
        questions[place], questions[other] = questions[other], questions[place]
    elif group:
        questions[place] = _in_group(questions[place], "")
    elif beside:
        questions[place] = _in_group(questions[place], beside)
    return _with(document, questions)


def with_group(document: Document, group: JsonObject, members: Sequence[str]) -> JsonObject:
    """With a group made or changed that holds exactly ``members``, at the place of the first of them.

    Raises :class:`NoSuchPart` where there are none among the questions.
    """
    code, questions = group["code"], _questions(document)
    inside = [_in_group(each, code) for each in questions if each["code"] in members]
    if not inside:
        raise NoSuchPart(code)
    first = next(place for place, each in enumerate(questions) if each["code"] in members)
    before = [each for each in questions[:first] if each["code"] not in members]
    later = [each for each in questions[first:] if each["code"] not in members]
    # Where the first of them stood inside another group, that group is not torn apart.
    around = questions[first].get("group", "")
    if around and around != code:
        while later and later[0].get("group", "") == around:
            before.append(later.pop(0))
    freed = [_in_group(each, "") if each.get("group") == code else each for each in before]
    groups = [each for each in document.get("groups", ()) if each["code"] != code]
    return _with(document, [*freed, *inside, *_freed(later, code)], [*groups, group])


def without_group(document: Document, code: str) -> JsonObject:
    """Without a group; its questions stay where they are."""
    return _with(document, _freed(_questions(document), code))


def _freed(questions: Sequence[JsonObject], code: str) -> list[JsonObject]:
    return [_in_group(each, "") if each.get("group") == code else each for each in questions]


def _questions(document: Document) -> list[JsonObject]:
    return list(document.get("questions", ()))


def _place(document: Document, code: str) -> int:
    codes = codes_of(document)
    if code not in codes:
        raise NoSuchPart(code)
    return codes.index(code)


def _in_group(question: JsonObject, group: str) -> JsonObject:
    rest = {name: value for name, value in question.items() if name != "group"}
    return rest | {"group": group} if group else rest


def _with(
    document: Document, questions: list[JsonObject], groups: Sequence[JsonObject] | None = None
) -> JsonObject:
    """With these questions, and of the groups those that hold any, in the order they come."""
    known = {each["code"]: each for each in (document.get("groups", ()) if groups is None else groups)}
    used = dict.fromkeys(each["group"] for each in questions if each.get("group"))
    kept = [known[code] for code in used if code in known]
    rest = {name: value for name, value in document.items() if name != "groups"}
    made: JsonObject = rest | {"questions": questions}
    return made | {"groups": kept} if kept else made
