"""Responses as rows of cells: one submitted response a row, codes and labels, ready for any format.

Left out, and counted: the responses of measurements with fewer answers than the project's limit (nothing in
the export or on a page gives a total from which they could be had), and, for whoever sees who has answered,
those of measurements that are still open. A question whose answers no page shows holds ".." in all rows of
its measurement.

Rows are given only where that has been chosen for the series (``domain.telling``). Background variables (the
language of the answers, and whether they came on paper, are among them) are carried only if every combination
of those carried stands in enough rows of every measurement, with answers to every question that may be shown;
the same for the whole file, since the person code joins a person's rows. A theme that is not carried is not
told as an answer either. Whoever sees who has answered gets neither person codes nor dates: together with the
list of who has answered what and when, they would name the rows. Of *sealed* and *anonymous* no day is told.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.domain.privacy import Limit, PrivacyMode
from surveys.domain.questionnaire import Form, expand, parse
from surveys.domain.questions import ThemeChoice
from surveys.domain.summaries import Cell, Column
from surveys.domain.telling import Told
from surveys.exporting.layout import Asked, Dress, Layout, Memo
from surveys.exporting.limits import RowsNotGiven
from surveys.keys import Keyring
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.queries import export as queries
from surveys.queries import results as result_queries
from surveys.queries.results import Key
from surveys.results.cells import Cell as Group
from surveys.results.cells import cells_of
from surveys.results.grouped import in_order
from surveys.results.hidden import Hidden, hidden_questions
from surveys.results.model import Measurement
from surveys.results.series import read_rates
from surveys.results.telling import read_told

Row = Sequence[Cell]
Record = tuple[int, list[Cell], dict[str, Any]]  # version (id), the fixed cells, the answers by code

LANGUAGE = "language"
SOURCE = "source"  # web, or paper that staff typed in; told where there is any of the latter
COLLECTED = "collected_by"  # who has collected it, of answers from elsewhere; "" of those given in Följa


def as_it_is(text: str) -> str:
    return text


class Export:
    """The responses of a series as an evaluator gets them; with ``as_evaluator=False`` as an organiser does.

    Known before the first row: ``columns``, ``count`` (rows), ``too_few`` (responses left out for the limit),
    ``waiting`` (responses left out until closing), ``carried`` and ``not_carried`` (background variables).
    Labels are in ``language``. The session is for reading and stays open until the last row.
    """

    def __init__(
        self,
        session: Session,
        keys: Keyring,
        series_id: int,
        now: datetime,
        language: str,
        as_evaluator: bool = True,
    ) -> None:
        self._session, self.language = session, language
        self.as_evaluator = as_evaluator
        results = read_rates(session, series_id, now, as_evaluator)
        self.series_id, self.series_code, self.series_title = results.id, results.code, results.title
        self._alias = keys.many_aliases(results.code)
        series = result_queries.series_by_id(session, series_id)
        self.project_title, self.decimals = series.project.title, series.project.decimals
        self.languages = tuple(series.project.languages)
        self._zone = ZoneInfo(series.project.timezone)
        self.made_at_home = now.astimezone(self._zone)
        self.limit = Limit(series.project.minimum_group)
        answered = [each for each in results.measurements if each.key and each.counts.answers]
        self.measurements = [each for each in answered if each.shown]
        self.count = _responses(self.measurements)
        self._from_outside = any(each.outside for each in self.measurements)
        self.too_few = _responses([each for each in answered if each.withheld == "too_few"])
        self.waiting = _responses([each for each in answered if each.withheld == "until_closed"])
        self._versions = {
            version.id: version
            for versions in result_queries.versions(session, series_id).values()
            for version in versions
        }
        self._parsed: dict[int, Form] = {}
        self.forms = {key_of(each): self._asked(each) for each in self.measurements}
        counted = {key: self._counted(key) for key in self.forms}
        self.hidden = {
            key: hidden_questions(
                {id_: (each.version, each.form) for id_, each in forms.items()}, counted[key], self.limit
            )
            for key, forms in self.forms.items()
        }
        told = read_told(session, series_id, now)
        self.rows_given = told.rows
        self.carried, self.not_carried = self._variables(counted, told)
        if "theme" in self.not_carried:
            # It is the register's wherever that knows it: as an answer it would be carried after all.
            self.hidden = {key: hidden | _themes(self.forms[key]) for key, hidden in self.hidden.items()}
        self.fixed = self._fixed()
        everything = (asked for forms in self.forms.values() for asked in forms.values())
        self.layout = Layout(everything, language, taken=[column.name for column in self.fixed])
        self.columns = (*self.fixed, *self.layout.columns)

    def rows(self, text: Dress = as_it_is, number: Dress = as_it_is) -> Iterator[Row]:
        """Yield the rows. ``text`` and ``number`` dress what the format cannot take as it is.

        Raises RowsNotGiven, as :meth:`records` does.
        """
        for measurement in self.measurements:
            yield from self._rows(measurement, text, number)

    def _rows(self, measurement: Measurement, text: Dress, number: Dress) -> Iterator[Row]:
        key = key_of(measurement)
        writers = {
            version: self.layout.writers(asked.form, self.hidden_codes(key, version), text, number)
            for version, asked in self.forms[key].items()
        }
        for version, fixed, answers in self.records(measurement, text):
            row, given = fixed, answers.get
            for code, cells in writers[version]:
                row += cells(given(code))
            yield row

    def hidden_codes(self, key: Key, version: int) -> frozenset[str]:
        """The questions whose answers are not shown, of a measurement's version (id)."""
        return frozenset(code for here, code in self.hidden[key] if here == version)

    def records(self, measurement: Measurement, text: Dress = as_it_is) -> Iterator[Record]:
        """Yield the responses of one measurement before their answers have become cells."""
        if not self.rows_given:
            raise RowsNotGiven
        key = key_of(measurement)
        collected = [text(collected_by(measurement))] if self._from_outside else []
        start = {
            version: [*_head(measurement, self._versions[version], text), *collected]
            for version in self.forms[key]
        }
        persons = Memo(self._person)
        classes = Memo(lambda background: self._classes(background, text))
        with_language, with_source = LANGUAGE in self.carried, SOURCE in self.carried
        with_days = PrivacyMode(measurement.privacy_mode).keeps_time
        # this loop is what an export costs: unpacked, and nothing looked up twice
        parse, zone, as_evaluator = json.JSONDecoder().raw_decode, self._zone, self.as_evaluator
        for id_, version, person, language, source, background, answers, submitted_at in queries.responses(
            self._session, key
        ):
            row: list[Cell] = [_uuid(id_)]
            if as_evaluator:
                row.append(persons[person])
            row += start[version]
            if as_evaluator:
                row.append(submitted_at.astimezone(zone).date().isoformat() if with_days else "")
            if with_language:
                row.append(language)
            if with_source:
                row.append(source)
            row += classes[background]
            yield version, row, parse(answers)[0]

    def _fixed(self) -> tuple[Column, ...]:
        names = ["response_id", "person_code"] if self.as_evaluator else ["response_id"]
        names += ["questionnaire", "version", "wave", "occasion", "occasion_number", "occasion_date"]
        if self._from_outside:
            names.append(COLLECTED)
        if self.as_evaluator:
            names.append("submitted_on")
        if LANGUAGE in self.carried:
            names.append(LANGUAGE)
        if SOURCE in self.carried:
            names.append(SOURCE)
        names += [name for name in self.carried if name not in (LANGUAGE, SOURCE)]
        return tuple(Column(name, name, "code") for name in names)

    def _counted(self, key: Key) -> list[Group]:
        return cells_of(self._session, key, {id_: asked.form for id_, asked in self.forms[key].items()})

    def _variables(
        self, counted: Mapping[Key, Sequence[Group]], told: Told
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Which background variables are carried, and which of those that there are are not."""
        background = [each.background for cells in counted.values() for each in cells]
        found = in_order(name for each in background for name in each)
        # that answers are from elsewhere is told by whose they are
        if all(each.get(SOURCE) in ("web", "outside") for each in background):
            found = tuple(name for name in found if name != SOURCE)
        may = tuple(name for name in found if told.tells(name))
        return may, tuple(name for name in found if name not in may)

    def _form(self, version: int) -> Form:
        if version not in self._parsed:
            self._parsed[version] = parse(self._versions[version].content)
        return self._parsed[version]

    def _asked(self, measurement: Measurement) -> dict[int, Asked]:
        """The versions (ids) that a measurement was answered on, as they were asked."""
        themes = measurement.occasion.themes if measurement.occasion else ()
        return {
            id_: Asked(
                measurement.questionnaire_code, self._versions[id_].number, expand(self._form(id_), themes)
            )
            for id_ in queries.versions_used(self._session, key_of(measurement))
        }

    def _person(self, pairing_key: str | None) -> str:
        """A person's code in this export; the dash keeps spreadsheets from reading 12E456 as a number."""
        if pairing_key is None:
            return ""
        alias = self._alias(pairing_key)
        return f"{alias[:6]}-{alias[6:]}"

    def _classes(self, background: str, text: Dress) -> tuple[str, ...]:
        values = json.loads(background)
        return tuple(text(values.get(name) or "") for name in self.carried if name not in (LANGUAGE, SOURCE))


def _themes(forms: Mapping[int, Asked]) -> Hidden:
    """The choices of a theme, and what they lead to: that tells the theme by being there or not."""
    found: set[tuple[int, str]] = set()
    for version, asked in forms.items():
        choices = {each.code for each in asked.form.questions if isinstance(each, ThemeChoice)}
        found |= {(version, code) for code in choices | set(asked.form.conditions.led_by(choices))}
    return frozenset(found)


def _responses(measurements: Sequence[Measurement]) -> int:
    return sum(each.counts.answers for each in measurements)


def key_of(measurement: Measurement) -> Key:
    assert measurement.key is not None  # noqa: S101 - a measurement with responses has one
    return measurement.key


def collected_by(measurement: Measurement) -> str:
    """The source of answers that nobody gave in Följa: the survey, who collected it, and the day."""
    source = measurement.outside
    return f"{source.name}, {source.collected_by}, {source.collected_on.isoformat()}" if source else ""


def _head(measurement: Measurement, version: QuestionnaireVersion, text: Dress) -> list[Cell]:
    occasion = measurement.occasion
    place: tuple[Cell, Cell, Cell] = ("", "", "")
    if occasion is not None:
        number = "" if occasion.number is None else str(occasion.number)
        place = text(occasion.code), number, occasion.starts_on.isoformat() if occasion.starts_on else ""
    return [text(measurement.questionnaire_code), str(version.number), measurement.wave, *place]


def _uuid(stored: str) -> str:
    """With the dashes that SQLite does not keep: they make it a text to every spreadsheet."""
    if len(stored) > 32:
        return stored
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"
