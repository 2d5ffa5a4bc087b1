"""Which questions of a measurement an export must leave out, because no page shows their answers either."""

from collections.abc import Mapping, Sequence

from surveys.domain.privacy import Limit
from surveys.exporting.layout import Asked
from surveys.results.cells import Cell, by_version
from surveys.results.questions import Tallied, tallied_results

Hidden = frozenset[tuple[int, str]]  # version (id) and question


def hidden_questions(forms: Mapping[int, Asked], cells: Sequence[Cell], limit: Limit) -> Hidden:
    """Return the questions of ``forms`` (by version id) whose answers are not shown, and those that were
    asked by such answers: they tell them by being there or not.

    ``cells``: the responses counted, so that it costs no more memory however many they are.
    """
    tallies = by_version(cells)
    ids = {asked.version: id_ for id_, asked in forms.items()}
    answered = [Tallied(asked.version, asked.form, tallies[id_]) for id_, asked in forms.items()]
    refused = {
        (ids[version], result.code)
        for result in tallied_results(answered, limit, decimals=0)
        if not result.shown
        for version in result.versions
    }
    led = {
        (version, code)
        for version, asked in forms.items()
        for code in asked.form.conditions.led_by({code for at, code in refused if at == version})
    }
    return frozenset(refused | led)
