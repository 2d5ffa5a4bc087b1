"""Measurements by gender and by organisation: a group is shown whole or not at all."""

from collections.abc import Sequence

from surveys.domain.suppression import NOT_STATED
from surveys.reporting.document import Block, Cell, Paragraph, Table
from surveys.reporting.material import Material
from surveys.reporting.names import TOO_FEW, measurement_key, measurement_name, said_of, too_few_note
from surveys.reporting.sections.occasions import COLUMNS_A_TABLE
from surveys.results.breakdown import Breakdown, GroupResult, QuestionGroups
from surveys.results.grouped import Variable


def breakdown(material: Material) -> list[Block]:
    return [block for found in material.breakdowns for block in _of(material, found)]


def _of(material: Material, found: Breakdown) -> list[Block]:
    words, variable = material.words, found.by
    asked = [each for each in found.questions if each.together.result.top is not None]
    if variable is None or not asked:
        return []
    caption = said_of(
        material.of(found.series),
        measurement_name(words, found.measurement),
        _by(material, variable),
    )
    if not any(group.result.shown for each in asked for group in each.groups):
        return [Paragraph(f"{caption}: " + words._("not shown: too few answers") + ".", "note")]
    tables = -(-len(asked) // COLUMNS_A_TABLE)
    columns = -(-len(asked) // tables)  # as many in each, so that none has a lone column
    parts = [asked[at : at + columns] for at in range(0, len(asked), columns)]
    return [_table(material, found, variable, part, caption) for part in parts]


def _table(
    material: Material,
    found: Breakdown,
    variable: Variable,
    questions: Sequence[QuestionGroups],
    caption: str,
) -> Table:
    words = material.words
    everyone = _row(material, found, words._("All"), "all", [each.together for each in questions])
    rows = [everyone]
    for classes in dict.fromkeys(group.classes for each in questions for group in each.groups):
        own = [next((one for one in each.groups if one.classes == classes), None) for each in questions]
        rows.append(_row(material, found, _class(material, variable, classes[0]), f"={classes[0]}", own))
    hidden = any(cell.text == TOO_FEW for row in rows for cell in row)
    return Table(
        caption=caption,
        head=(words._("Group"), *(words.local(each.together.result.text) for each in questions)),
        rows=tuple(rows),
        base=words._("Questions: the share in the upper classes of the scale, with its own n."),
        notes=(too_few_note(words),) if hidden else (),
    )


def _row(
    material: Material, found: Breakdown, name: str, code: str, groups: Sequence[GroupResult | None]
) -> tuple[Cell, ...]:
    return Cell(name), *(_cell(material, found, name, code, each) for each in groups)


def _cell(material: Material, found: Breakdown, name: str, code: str, group: GroupResult | None) -> Cell:
    if group is None:
        return Cell("–")
    words, ledger, variable, result = material.words, material.ledger, found.by, group.result
    versions = "-".join(map(str, result.versions))
    by = variable.name if variable else ""
    key = f"{measurement_key(found.series, found.measurement)}/by/{by}/{code}/{result.code}@{versions}"
    label = said_of(
        found.series.title, measurement_name(words, found.measurement), name, words.local(result.text)
    )
    if result.shown and result.top is not None:
        base = words._("those of the group who answered the question")
        return ledger.share(f"{key}/top", said_of(label, words._("upper classes")), result.top.share, base)
    if result.shown:
        return Cell("–")
    few = f"n = {ledger.number(f'{key}/n', said_of(label, 'n'), result.n)}" if result.n is not None else ""
    return Cell(TOO_FEW, few)


def _by(material: Material, variable: Variable) -> str:
    words = material.words
    return words._("by gender") if variable.name == "gender" else words._("by organisation")


def _class(material: Material, variable: Variable, code: str) -> str:
    words = material.words
    if code == NOT_STATED:
        return words._("Not known")
    if variable.name == "gender":
        known = {
            "woman": words._("Women"),
            "man": words._("Men"),
            "other": words._("Other gender identity"),
            "not_stated": words._("Not stated"),
        }
        return known.get(code, code)
    return str(variable.labels.get(code, code))
