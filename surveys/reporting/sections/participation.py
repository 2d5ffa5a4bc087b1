"""From registered to answered: persons and questionnaires, each counted for itself."""

from surveys.reporting.document import Block, Cell, Table
from surveys.reporting.material import Material
from surveys.reporting.names import said_of, series_key
from surveys.results.kinds import share
from surveys.results.model import SeriesResults, Share


def participation(material: Material) -> list[Block]:
    return [block for series in material.series for block in _of(material, series)]


def _of(material: Material, series: SeriesResults) -> list[Block]:
    words, ledger, funnel, sent = material.words, material.ledger, series.funnel, series.funnel.sent
    key = series_key(series)

    def count(name: str, label: str, value: int) -> Cell:
        return Cell(ledger.number(f"{key}/{name}", said_of(series.title, label), value))

    persons, questionnaires = words._("persons"), words._("questionnaires")
    rows: list[tuple[str, str, int, str]] = [
        ("registered", words._("Registered"), funnel.registered, words._("persons, cancellations left out"))
    ]
    if funnel.present is not None and funnel.attendances is not None:
        rows += [
            ("present", words._("Present at least once"), funnel.present, persons),
            (
                "attendances",
                words._("Attendances"),
                funnel.attendances,
                words._("attendances: one person may have several"),
            ),
        ]
    rows.append(("invited", words._("Asked at least once"), funnel.invited, persons))
    if funnel.answered is not None:
        rows.append(("answered", words._("Answered at least once"), funnel.answered, persons))
    rows.append(("sent", words._("Sent out"), sent.invited, questionnaires))
    lines = [
        (Cell(label), Cell(what), count(name, label, value), Cell("–")) for name, label, value, what in rows
    ]
    for name, label, value in (
        ("delivered", words._("Delivered"), sent.delivered),
        ("bounced", words._("Bounced"), sent.bounced),
        ("started", words._("Started"), sent.started),
        ("submitted", words._("Submitted"), sent.submitted),
    ):
        lines.append(
            (
                Cell(label),
                Cell(questionnaires),
                count(name, label, value),
                _rate(material, series, name, label, value),
            )
        )
    notes = _notes(material, series)
    return [
        Table(
            caption=said_of(material.of(series), words._("From registered to answered")),
            head=(
                words._("Step"),
                words._("Counted"),
                words._("Count"),
                words._("Share of questionnaires sent out"),
            ),
            rows=tuple(lines),
            notes=tuple(notes),
            numbers_from=2,
        )
    ]


def _rate(material: Material, series: SeriesResults, name: str, label: str, value: int) -> Cell:
    sent = series.funnel.sent.invited
    if not sent:
        return Cell("–")
    of_sent: Share = share(value, sent, series.decimals)
    words = material.words
    name = "rate" if name == "submitted" else f"{name}/share"
    return material.ledger.share(
        f"{series_key(series)}/{name}",
        said_of(series.title, label),
        of_sent,
        words._("of questionnaires sent out"),
    )


def _notes(material: Material, series: SeriesResults) -> list[str]:
    words, ledger, sent, key = material.words, material.ledger, series.funnel.sent, series_key(series)
    notes = []
    if late := material.counted_late(series):
        notes.append(
            words._(
                "Persons and attendances were not counted until %(day)s: what had come by then is"
                " among them.",
                day=words.day(late),
            )
        )
    if series.funnel.answered is None:
        notes.append(
            words._("How many persons answered is not known: nothing tells which answers are one person’s.")
        )
    if sent.paper:
        paper = ledger.number(
            f"{key}/paper", said_of(series.title, words._("typed in from paper")), sent.paper
        )
        notes.append(
            words.ngettext(
                "Of the submitted, %(num)s was typed in from paper.",
                "Of the submitted, %(num)s were typed in from paper.",
                sent.paper,
                num=paper,
            )
        )
    if sent.uncoded:
        uncoded = ledger.number(
            f"{key}/uncoded", said_of(series.title, words._("papers without a code")), sent.uncoded
        )
        notes.append(
            words._("Papers without a code, among the answers but in no response rate: %(num)s.", num=uncoded)
        )
    return notes
