"""The method: it says what was done in these very series, and nothing that was not."""

from collections.abc import Iterator

from surveys.reporting.document import Block, Bullets, Cell, Paragraph, Table
from surveys.reporting.figures import COUNT_LEADS_BELOW
from surveys.reporting.material import Material
from surveys.reporting.names import (
    days,
    measurement_key,
    measurement_name,
    mode,
    said_of,
    source,
    wave,
    withheld,
)
from surveys.reporting.sections.occasions import rate_cell
from surveys.results.model import Measurement, SeriesResults


def method(material: Material) -> list[Block]:
    tables = [_instruments(material, series) for series in material.series if _made(series)]
    return [Paragraph(_frozen(material)), *tables, Bullets(tuple(_rules(material)))]


def _made(series: SeriesResults) -> list[Measurement]:
    return [each for each in series.measurements if each.asked]


def _frozen(material: Material) -> str:
    words, today = material.words, material.words.day(material.now.date())
    if material.as_of is not None:
        frozen = words._(
            "The figures are those of %(then)s, as they had last been counted by then, and were frozen on"
            " %(day)s.",
            then=words.day(material.as_of),
            day=today,
        )
    else:
        frozen = words._("The figures were frozen on %(day)s.", day=today)
    if any(each.outside for series in material.series for each in _made(series)):
        origin = words._(
            "They come from questionnaires sent out or printed by Följa, and from answers that others have"
            " collected, whose source is named with them; every share is counted from its numbers."
        )
    else:
        origin = words._(
            "Answers come from questionnaires sent out or printed by Följa, and every share is counted from"
            " its numbers."
        )
    listed = words._(
        "All figures of the report, with their counts and bases, stand in a list that is downloaded"
        " beside it."
    )
    return f"{frozen} {origin} {listed}"


def _instruments(material: Material, series: SeriesResults) -> Table:
    words = material.words
    return Table(
        caption=said_of(material.of(series), words._("What was asked, when and of how many")),
        head=(
            words._("Measurement"),
            words._("When"),
            words._("Way of answering"),
            words._("Sent out"),
            words._("Submitted"),
            words._("Response rate"),
        ),
        rows=tuple(_row(material, series, each) for each in _made(series)),
        base=words._("Response rate: submitted of questionnaires sent out."),
        notes=tuple(line for each in _made(series) if (line := source(words, each))),
        numbers_from=3,
    )


def _row(material: Material, series: SeriesResults, each: Measurement) -> tuple[Cell, ...]:
    words, ledger, key = material.words, material.ledger, measurement_key(series, each)
    name = measurement_name(words, each)

    def count(part: str, label: str, value: int) -> Cell:
        return Cell(ledger.number(f"{key}/{part}", said_of(series.title, name, label), value))

    when = days(words, each.occasion) if each.occasion else ""
    closed = words.day(each.closes_at.astimezone(material.now.tzinfo).date()) if each.closes_at else ""
    closing = words._("closed %(day)s", day=closed) if each.state == "closed" else words._("open")
    return (
        Cell(name, wave(words, each)),
        Cell(when or closing, closing if when else ""),
        Cell(mode(words, each), "" if each.shown else withheld(words, each)),
        Cell("–") if each.outside else count("sent", words._("Sent out"), each.counts.invited),
        count("submitted", words._("Submitted"), each.counts.outside or each.counts.submitted),
        rate_cell(material, series, each),
    )


def _rules(material: Material) -> Iterator[str]:
    words, ledger = material.words, material.ledger
    limit = ledger.number("rule/limit", words._("Fewest answers that are shown"), material.limit)
    yield words._(
        "Answers are shown of groups with at least %(limit)s answers. Of smaller groups it is told"
        " how many they are, and nothing of what they answered.",
        limit=limit,
    )
    alike = ledger.number(
        "rule/alike", words._("Fewest answers of a group in which all answered alike"), 2 * material.limit
    )
    yield words._(
        "Where everyone in a group answered alike, that is shown of at least %(limit)s answers.", limit=alike
    )
    decimals = ledger.number("rule/decimals", words._("Decimals of shares"), material.decimals)
    yield words._(
        "Shares are counted from the numbers and rounded half up, with %(decimals)s decimals. Each"
        " is rounded by itself, so that they may not add to a hundred.",
        decimals=decimals,
    )
    few = ledger.number("rule/count_leads", words._("Below this the count leads"), COUNT_LEADS_BELOW)
    yield words._("Where fewer than %(few)s answered, the count comes first and the share after it.", few=few)
    yield words._(
        "Where no other base is named, a share is of those who answered the question. Those who gave no"
        " answer, and those who answered “don’t know”, are counted beside it."
    )
    if any(not each.shown and each.withheld == "until_closed" for s in material.series for each in _made(s)):
        yield words._(
            "Questionnaires that were still open are in the response rates; their answers are not shown."
        )
    if any(each.joined for each in material.compared()):
        yield words._(
            "Before and after: the figures of all who answered each time stand apart from those of the same"
            " persons, whose answers are joined by code. The two are never mixed."
        )
    elif material.compared():
        yield words._(
            "Before and after are laid beside each other unpaired: it is not told which answers are one"
            " person’s. No change has been tested."
        )
    yield from _further(material)
    if material.tested():
        yield words._(
            "Pairs were tested with Wilcoxon’s signed-rank test, two-sided; those who answered the same are"
            " left out of it. The p of each question is also given adjusted for all of them (Holm)."
        )
    if material.classes_tested():
        yield words._(
            "Single classes among the pairs were tested with McNemar’s test, exact and two-sided, adjusted"
            " for all classes tested (Holm): those who came to a class against those who left it."
        )
    if not (material.tested() or material.classes_tested()):
        yield words._("No statistical test has been made.")


def _further(material: Material) -> Iterator[str]:
    words = material.words
    if material.indexed():
        yield words._(
            "An index is the mean of a person’s answers to the questions that were declared to be one. How"
            " well they hold together is told by Cronbach’s alpha, of those who answered all of them."
        )
    if material.breakdowns:
        yield words._(
            "By gender and organisation a group is shown whole or not at all. Where a small group could be"
            " worked out from the others, one more is not shown."
        )
    if material.indicators:
        yield words._(
            "Indicators are judged from their exact figures. Until it has been read after its reading date,"
            " an outcome is preliminary. Targets that were changed stand with the original first."
        )
    if material.outside:
        yield words._(
            "Figures from elsewhere are printed as they stood, with their source. Each that can be was"
            " checked against the other figures of its table, and against the project’s own answers where it"
            " is laid beside them; what does not follow is marked, with the value that does."
        )
