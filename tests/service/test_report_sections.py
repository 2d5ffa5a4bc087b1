"""Indicators, groups, indexes and figures from elsewhere in a report; a version thrown away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveys.domain.figure_finding import Verdict
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.programme import Project, Series
from surveys.reporting import recommendations, removing, reports
from surveys.reporting.recommendations import Advice
from surveys.reporting.words import Words
from surveys.results import breakdown, funnel, outside
from surveys.results.head_counts import read_head_counts
from surveys.results.series import read_rates
from tests.support.answered import NOW
from tests.support.reported import Staff, contents, make, said, staff, table_of

LATER = NOW + timedelta(days=30)


@pytest.fixture
def who(sqlite_installation: Installation) -> Staff:
    return staff(sqlite_installation)


def test_indicators_stand_with_every_target_and_why_they_are_judged_so(
    sqlite_installation: Installation, who: Staff
) -> None:
    found = contents(sqlite_installation, who, make(sqlite_installation, who))
    rows = table_of(found.document, "indicators", "Indikatorer och hur målen står sig")
    assert rows["Deltagare"] == [
        ("–", ""),
        ("110\xa0personer", "sedan 15\xa0feb\xa02026; dessförinnan 500\xa0personer"),
        ("98\xa0personer", ""),
        ("inte uppfyllt", "preliminärt"),
    ]
    assert rows["– Kvinnor"][2:] == [("98\xa0personer", ""), ("helt uppfyllt", "preliminärt")]
    share = ("58\xa0av\xa077 (75,3\xa0%)", "samtliga svarande på frågan")
    assert rows["Nytta"] == [("50\xa0%", ""), ("80\xa0%", ""), share, ("delvis uppfyllt", "preliminärt")]
    texts = said(found.document)
    assert "Nytta: Samtalen efteråt var långa." in texts
    assert any(each.startswith("Nytta: 58\xa0av\xa077") and "4,7 procentenheter" in each for each in texts)
    assert {"indicator/deltagare/target", "indicator/deltagare/target/2"} <= {
        each.id for each in found.figures
    }


def test_groups_indexes_and_figures_from_elsewhere_are_told_whole_or_not_at_all(
    sqlite_installation: Installation, who: Staff
) -> None:
    found = contents(sqlite_installation, who, make(sqlite_installation, who))
    place = "1. Tillfälle 1"
    by_gender = table_of(found.document, "breakdown", f"{place} · efter kön")
    assert set(by_gender) == {"Alla", "Kvinnor", "Män"}
    # 3 of one organisation: the other could give them away
    assert f"{place} · efter organisation: redovisas ej – för få svar." in said(found.document)
    index = table_of(found.document, "before_after", "Index av flera frågor")["Läget i stort"]
    assert index[0] == ("12", "")
    assert index[6][1] == "n = 12"
    over = table_of(found.document, "before_after", "Samma personer: de övre klasserna i varje fråga")
    shares = [("0\xa0av\xa012", "0,0\xa0%"), ("9\xa0av\xa012", "75,0\xa0%")]
    assert over["Hur nyttigt var det?"] == [*shares, ("9", ""), ("0", "")]
    printed = table_of(found.document, "outside", "Enkäten till chefer")
    assert printed["Kvinnor"][2] == ("72,2 %", "stämmer inte: 72,7\xa0% (56\xa0av\xa077)")
    assert printed["Män"][2] == ("25,0 %", "")


def test_groups_are_printed_as_the_page_of_groups_has_them(
    sqlite_installation: Installation, who: Staff
) -> None:
    """Every figure of the section and no more: the counts, bases and shares that readers see on the page."""
    found = contents(sqlite_installation, who, make(sqlite_installation, who))
    expected, words, hidden = {}, Words("sv"), []
    with sqlite_installation.database.reading() as session:
        series = session.scalars(select(Series)).one()
        for each in read_rates(session, series.id, NOW, as_evaluator=False).measurements:
            for by in ("gender", "organisation") if each.shown else ():
                place = (each.rule_code, each.place)
                page = breakdown.read_breakdown(session, series.id, *place, NOW, False)
                if page.by is None:  # nobody's background is known
                    continue
                page = breakdown.read_breakdown(session, series.id, *place, NOW, False, by)
                asked = [one for one in page.questions if one.together.result.top]
                if not any(group.result.shown for one in asked for group in one.groups):
                    hidden.append((place, by))
                    continue
                for one in asked:
                    for group in (one.together, *one.groups):
                        result, classes = group.result, group.classes
                        code = f"={classes[0]}" if classes else "all"
                        name = f"kurs/{place[0]}/{place[1] or '-'}/by/{by}/{code}/{result.code}"
                        assert result.shown
                        assert result.top is not None
                        share = result.top.share
                        assert share.percent is not None
                        counted, percent = words.of(share.count, share.base), words.percent(share.percent)
                        first, second = (counted, percent) if share.base < 20 else (percent, counted)
                        key = f"{name}@{'-'.join(map(str, result.versions))}/top"
                        expected[key] = (share.count, share.base, f"{first} ({second})")
    printed = {each.id: (each.count, each.base, each.printed) for each in found.figures if "/by/" in each.id}
    assert printed == expected
    assert {key.split("/")[5] for key in printed} == {"all", "=woman", "=man"}
    assert hidden == [(("efter", "t1"), "organisation")]


def test_persons_are_counted_as_the_pages_of_persons_and_of_the_way_count_them(
    sqlite_installation: Installation, who: Staff
) -> None:
    found = contents(sqlite_installation, who, make(sqlite_installation, who))
    with sqlite_installation.database.reading() as session:
        series = session.scalars(select(Series)).one()
        project = session.get_one(Project, who.project)
        heads = read_head_counts(session, project, NOW, as_evaluator=False, only="kurs").together
        way = funnel.read_funnel(session, series.id, "occasion", NOW, as_evaluator=False).together
    assert way.heads == heads
    sent = way.sent
    assert sent is not None
    expected = {
        "registered": heads.registered,
        "present": heads.present,
        "attendances": heads.attendances,
        "invited": way.asked,
        "sent": sent.invited,
        "delivered": sent.delivered,
        "bounced": sent.bounced,
        "started": way.started,
        "submitted": way.submitted,
    }
    figures = {each.id: each for each in found.figures}
    assert {name: figures[f"kurs/{name}"].count for name in expected} == expected
    rate = figures["kurs/rate"]
    assert way.response is not None
    assert (rate.count, rate.base) == (way.response.count, way.response.base)
    rows = table_of(found.document, "participation", "Från anmäld till svar")
    shown = [row[1][0] for row in rows.values()]
    assert [Words("sv").number(each or 0) for each in expected.values()] == [
        each for name, each in zip(rows, shown, strict=True) if name != "Svarade minst en gång"
    ]


def test_figures_from_elsewhere_are_printed_and_marked_as_their_page_has_them(
    sqlite_installation: Installation, who: Staff
) -> None:
    found = contents(sqlite_installation, who, make(sqlite_installation, who))
    with sqlite_installation.database.reading() as session:
        (listed,) = outside.read_tables(session, who.project)
        page = outside.read_table(session, who.project, listed.id, NOW, as_evaluator=False)
    figures = {each.id: each.printed for each in found.figures if each.id.startswith("outside/")}
    key = f"outside/{page.id}"
    expected = {
        f"{key}/{row}/{column}": text
        for row, line in enumerate(page.content.rows)
        for column, text in enumerate(line)
        if column
    }
    counted = page.checked.counted
    expected |= {
        f"{key}/total": str(sum(counted.values())),
        f"{key}/follow": str(counted[Verdict.FOLLOWS]),
        f"{key}/condition": str(counted[Verdict.FEWER] + counted[Verdict.HABIT]),
        f"{key}/differ": str(counted[Verdict.DIFFERS]),
    }
    words = Words("sv")
    for (row, column), finding in page.checked.faults:
        fit = finding.fits[0]
        expected[f"{key}/{row}/{column}/follows"] = f"{words.percent(fit.value)} ({words.of(fit.k, fit.n)})"
    assert figures == expected
    assert counted[Verdict.DIFFERS] == 1


def test_on_one_page_occasions_that_were_not_measured_are_told_of_in_the_summary_alone(
    sqlite_installation: Installation, who: Staff
) -> None:
    caption = "Efter varje tillfälle"
    full = contents(sqlite_installation, who, make(sqlite_installation, who)).document
    short = contents(sqlite_installation, who, make(sqlite_installation, who, kind="one_page")).document

    every, few = (list(table_of(each, "occasions", caption)) for each in (full, short))
    assert [each for each in every if each not in few] == ["4. Tillfälle 4"]
    assert "Kursen: tillfällen utan mätning: 1." in said(short)
    assert any("Tillfällen utan mätning är inte med." in each for each in said(short))


def test_a_preliminary_version_is_removed_and_its_number_not_used_again(
    sqlite_installation: Installation, who: Staff
) -> None:
    db = sqlite_installation.database
    first = make(sqlite_installation, who)
    second = reports.make_again(db, who.project, first, who.user, NOW)
    removing.remove(db, who.project, second, who.user, NOW)
    third = reports.make_again(db, who.project, first, who.user, LATER)
    again = contents(sqlite_installation, who, third)
    assert again.document.status == "Preliminär, version 3"
    assert again.before is not None
    assert again.before.version == 1
    recommendations.recommend(db, who.project, first, [Advice(None, "Mer tid", "", "")], who.user, NOW)
    make(sqlite_installation, who, follows=first)
    with pytest.raises(removing.FollowedUp):
        removing.remove(db, who.project, first, who.user, LATER)
    reports.sign(db, who.project, third, who.user, LATER)
    with pytest.raises(reports.AlreadySigned):
        removing.remove(db, who.project, third, who.user, LATER)
    with db.reading() as session:
        deed = session.scalars(select(Deed).where(Deed.action == "report_removed")).one()
        assert deed.subject.startswith("gone:report:")
