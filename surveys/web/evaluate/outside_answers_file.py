"""Taking in answers that others have collected: a file, its columns, its values, a last look."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import NoReturn

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import outside_files as files
from surveys.answers import outside_saving as saving
from surveys.answers.outside_files import BadColumns, BadImport, NoSuchImport, Opened
from surveys.answers.outside_rows import can_join, names_people, sort_rows
from surveys.domain.answer_columns import ADDRESS, CODE, NO_ANSWER, Use, can_be_taken, choices_of
from surveys.importing.sheets import LARGEST_BYTES
from surveys.queries import outside_answers as queries
from surveys.queries import projects
from surveys.web.evaluate import outside_answers_words as texts
from surveys.web.evaluate.base import blueprint, entered_by, page
from surveys.web.evaluate.outside_answers import LIST, here, source_of, way
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import series_tabs
from surveys.web.phrases import _, ngettext
from surveys.web.sent_file import sent_file

Shown = str | Response | tuple[str, int]
BEGUN = f"{LIST}/fil/<begun>"
FIELDS = ("name", "collected_by", "collected_on", "wave", "occasion", "questionnaire")
IN_ORDER = (*FIELDS, "file")  # as on the page
MOST_VALUES = 100  # different ones of a column that are asked about
MOST_FAULTS = 200  # that are listed
EXAMPLES = 3


@blueprint.get(f"{LIST}/ny")
@staff("organiser", "evaluator", "supplier")
def new_outside_answers(project: str, series: str) -> str:
    return _start_page(dict.fromkeys(FIELDS, ""), {})


@blueprint.post(f"{LIST}/ny")
@staff("organiser", "evaluator", "supplier")
def send_outside_answers(project: str, series: str) -> Shown:
    typed = {field: request.form.get(field, "") for field in FIELDS}
    name, content = sent_file("file", LARGEST_BYTES)
    try:
        made = files.begin(
            installation().database, g.series.id, typed, name, content, g.user.user_id, clock.now()
        )
    except BadImport as bad:
        missing = {} if name else {"file": ("file_missing", dict[str, object]())}
        found = bad.faults | missing
        faults = {field: texts.field_fault(field, *found[field]) for field in IN_ORDER if field in found}
        return _start_page(typed, faults), 422
    return redirect(here("fil", made, "kolumner"), 303)


@blueprint.get(f"{BEGUN}/granska")
@staff("organiser", "evaluator", "supplier")
def look_at_outside_answers(project: str, series: str, begun: str) -> str:
    return _preview(_opened(begun))


@blueprint.get(f"{BEGUN}/kolumner")
@staff("organiser", "evaluator", "supplier")
def outside_columns(project: str, series: str, begun: str) -> str:
    found = _opened(begun)
    return _columns_page(found, found.uses, [])


@blueprint.post(f"{BEGUN}/kolumner")
@staff("organiser", "evaluator", "supplier")
def choose_outside_columns(project: str, series: str, begun: str) -> Shown:
    found = _opened(begun)
    uses = [_use(request.form.get(f"column-{number}", "")) for number in range(len(found.file.columns))]
    try:
        files.choose_columns(installation().database, g.series.id, begun, uses, entered_by())
    except BadColumns as bad:
        return _columns_page(found, uses, bad.faults), 422
    except NoSuchImport:
        _gone()
    chosen = any(choices_of(q) and not use.part for use in uses if (q := found.form.question(use.question)))
    return redirect(here("fil", begun, "varden" if chosen else "granska"), 303)


@blueprint.get(f"{BEGUN}/varden")
@staff("organiser", "evaluator", "supplier")
def outside_values(project: str, series: str, begun: str) -> str:
    found = _opened(begun)
    return page(
        "answers_values",
        crumbs=_way(found, _("Values")),
        tabs=series_tabs(),
        found=found,
        texts=texts,
        most=MOST_VALUES,
        no_answer=NO_ANSWER,
        choices_of=choices_of,
        here=here("fil", begun),
    )


@blueprint.post(f"{BEGUN}/varden")
@staff("organiser", "evaluator", "supplier")
def say_outside_values(project: str, series: str, begun: str) -> Response:
    found = _opened(begun)
    said: dict[int, dict[str, str]] = {}
    for column, values in found.counted.items():
        for number, value in enumerate(list(values)[:MOST_VALUES]):
            chosen = request.form.get(f"value-{column}-{number}", "")
            if chosen:
                said.setdefault(column, {})[value] = chosen.partition(":")[2]
    try:
        files.say_values(installation().database, g.series.id, begun, said, entered_by())
    except NoSuchImport:
        _gone()
    return redirect(here("fil", begun, "granska"), 303)


@blueprint.post(f"{BEGUN}/spara")
@staff("organiser", "evaluator", "supplier")
def save_outside_answers(project: str, series: str, begun: str) -> Response:
    house, form = installation(), request.form
    said = {name: form.get(name, "") for name in COUNTED}
    shown = {name: int(text) for name, text in said.items() if text.isdecimal() and len(text) < 8}
    try:
        many = saving.save(
            house.database,
            house.keys,
            g.series.id,
            begun,
            shown,
            form.get("without_faulty") == "y",
            form.get("unknown_people", ""),
            g.user.user_id,
            clock.now(),
            entered_by(),
        )
    except NoSuchImport:
        _gone()
    except saving.FaultyRows:
        told = _("Some rows cannot be taken in. Say that the others are to be, or correct the file.")
    except saving.UnknownPeople:
        told = _("Say what becomes of those who are not enrolled.")
    except saving.NothingToSave:
        told = _("There is nothing to take in.")
    except saving.ChangedMeanwhile:
        told = _("Participants or questions have changed meanwhile. Nothing has been saved: look once more.")
    else:
        flash(
            ngettext(
                "%(num)s response is taken in, with its source.",
                "%(num)s responses are taken in, with their source.",
                many,
            ),
            "positive",
        )
        return redirect(here(begun), 303)
    flash(told, "warning")
    return redirect(here("fil", begun, "granska"), 303)


@blueprint.post(f"{BEGUN}/avbryt")
@staff("organiser", "evaluator", "supplier")
def give_up_outside_answers(project: str, series: str, begun: str) -> Response:
    try:
        files.give_up(installation().database, g.series.id, begun, entered_by())
    except NoSuchImport:
        _gone()
    flash(_("The file is thrown away. Nothing of it has been taken in."), "positive")
    return redirect(here(), 303)


COUNTED = ("rows", "matched", "unknown", "unsaid", "faulty", "twice", "left_out")


def _opened(begun: str) -> Opened:
    row = queries.one(reading_session(), g.series.id, begun, entered_by())
    if row is None:
        _gone()
    try:
        return files.opened(reading_session(), row)
    except NoSuchImport:
        _gone()


def _gone() -> NoReturn:
    """Somebody has taken the file in meanwhile, or thrown it away; or nobody went on with it for a week."""
    flash(_("This file is not there any more: it is taken in, or thrown away."), "warning")
    abort(redirect(here(), 303))


def _use(value: str) -> Use:
    question, _between, part = value.partition("|")
    return Use(question, part)


def _way(found: Opened, last: str | None = None) -> list[tuple[str, str | None]]:
    name = found.row.source_name
    return (
        way((name, here("fil", found.row.public_id, "granska")), (last, None)) if last else way((name, None))
    )


def _start_page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    asked = projects.asked_questionnaires(reading_session(), g.project.id)
    return page(
        "answers_new",
        crumbs=way((_("Take in answers"), None)),
        tabs=series_tabs(),
        typed=typed,
        errors=errors,
        questionnaires=[(each.code, local(version.content["title"])) for each, version in asked],
        occasions=list(g.series.occasions),
        texts=texts,
        most=files.MOST_ROWS,
        megabytes=LARGEST_BYTES // (1024 * 1024),
        here=here(),
    )


def _columns_page(found: Opened, uses: Sequence[Use], faults: Sequence[tuple[int | None, str]]) -> str:
    questions = [each for each in found.form.questions if can_be_taken(each)]
    return page(
        "answers_columns",
        crumbs=_way(found, _("Columns")),
        tabs=series_tabs(),
        found=found,
        uses=[f"{use.question}|{use.part}" for use in uses],
        scales=[texts.scale_of(found.form.question(use.question)) for use in uses],
        examples=[_examples(found, column) for column in range(len(uses))],
        who=[(f"{use}|", texts.WHO[use]) for use in (ADDRESS, CODE)],
        questions=[(local(each.text), texts.uses_of(each)) for each in questions],
        errors=[(f"column-{number or 0}", str(texts.COLUMN_FAULTS[code])) for number, code in faults],
        error_of={number: str(texts.COLUMN_FAULTS[code]) for number, code in faults if number is not None},
        here=here("fil", found.row.public_id),
    )


def _examples(found: Opened, column: int) -> list[str]:
    return list(dict.fromkeys(cell for cell in found.file.cells(column) if cell))[:EXAMPLES]


def _preview(found: Opened) -> str:
    session, untold = reading_session(), entered_by() is not None
    rows = sort_rows(session, found, untold)
    titles = projects.newest_titles(session, [found.row.questionnaire_id])
    faults = [(line, *texts.row_fault(fault, found.file)) for line, fault in rows.faults[:MOST_FAULTS]]
    return page(
        "answers_preview",
        crumbs=_way(found),
        tabs=series_tabs(),
        found=found,
        title=local(titles.get(found.row.questionnaire_id, {})),
        source=source_of(found.row),
        counted=rows.told,
        hidden=asdict(rows.told),
        good=len(rows.good),
        faults=faults,
        more_faults=max(0, len(rows.faults) - MOST_FAULTS),
        unknown=rows.unknown[:MOST_FAULTS],
        names_people=names_people(found),
        can_join=can_join(found),
        before=queries.taken_before(session, found.row, entered_by()),
        told=not untold,
        others=here(),
        unsure=_unsure(found),
        texts=texts,
        here=here("fil", found.row.public_id),
    )


def _unsure(found: Opened) -> list[tuple[str, str, int]]:
    """(column, value, how often) of the values that nobody has said the meaning of."""
    return [
        (found.file.columns[column].name, value, many)
        for column, values in found.counted.items()
        for value, many in values.items()
        if value not in found.values[column]
    ]
