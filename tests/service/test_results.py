"""Results: every count, every base, and what is not shown."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from surveys.domain.privacy import Verdict
from surveys.domain.statistics import Rate
from surveys.installation import Installation
from surveys.models.message import Message
from surveys.models.response import Response
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.series import UnknownMeasurement, read_measurement, read_rates, series_results
from tests.support.answered import AFTER, NOW, OVERALL, Answering, one_question, spread
from tests.support.forms import DEGREE, local

SENTINEL = "Det här får ingen annan läsa 7f3a"
Build = Callable[[Answering], Any]


def results_of(installation: Installation, build: Build, **options: Any) -> SeriesResults:
    """What there is to show of a series after ``build`` has filled it."""
    settings = {
        key: options.pop(key) for key in ("decimals", "minimum_group", "attendance_kept") if key in options
    }
    with installation.database.transaction() as session:
        answering = Answering(session, installation.keys, **settings)
        build(answering)
        series_id = answering.series.id
    return series_results(installation.database, series_id, options.pop("now", NOW), **options)


def only(results: SeriesResults) -> Measurement:
    (measurement,) = results.measurements
    return measurement


def question(measurement: Measurement, code: str = "overall") -> QuestionResult:
    return next(each for each in measurement.questions if each.code == code)


def asked_with(
    installation: Installation, answers: list[dict[str, Any] | None], **options: Any
) -> QuestionResult:
    content = options.pop("content", OVERALL)
    measurement = only(results_of(installation, lambda it: it.measured(answers, content), **options))
    return measurement.questions[0]


def test_rate_is_submitted_of_invited(installation: Installation) -> None:
    def build(it: Answering) -> None:
        it.measured([*spread("overall", 2, 17, 29, 29), None, None], invited=98)

    measurement = only(results_of(installation, build))

    assert measurement.rate is not None
    assert measurement.response is not None
    assert (measurement.rate.numerator, measurement.rate.denominator, measurement.rate.base) == (
        77,
        98,
        "invited",
    )
    assert measurement.response.percent == Decimal("78.6")
    assert measurement.counts.started == 79
    assert measurement.counts.submitted == 77


def test_bounced_delivered_and_not_yet_sent_are_told_apart(installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire()), it.occasion("t1"))
        it.ask(mailing, 7, "sent")
        it.ask(mailing, 2, "refused")
        it.ask(mailing, 1, "due")

    counts = only(results_of(installation, build)).counts

    assert (counts.invited, counts.delivered, counts.bounced) == (10, 7, 2)


def test_a_refused_reminder_does_not_make_a_delivered_mail_bounce(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire()), it.occasion("t1"))
        (invitation,) = it.ask(mailing, 1, "sent")
        it.session.add(it.mail(mailing, invitation, "refused", "reminder", 1))

    counts = only(results_of(sqlite_installation, build)).counts

    assert (counts.invited, counts.delivered, counts.bounced) == (1, 1, 0)


def test_withdrawn_before_sending_is_not_invited_afterwards_is(installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire()), it.occasion("t1"))
        it.ask(mailing, 6, "sent")
        it.ask(mailing, 1, "sent", withdrawn_at=NOW)
        it.ask(mailing, 1, "due", withdrawn_at=NOW)
        it.ask(mailing, 1, None, withdrawn_at=NOW)

    counts = only(results_of(installation, build)).counts

    assert (counts.invited, counts.withdrawn) == (7, 1)


def test_whoever_has_answered_was_asked_though_no_mail_went_and_it_was_withdrawn(
    installation: Installation,
) -> None:
    """On a page of their own, or on paper."""

    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(OVERALL)), it.occasion("t1"))
        it.ask(mailing, 2, "cancelled", withdrawn_at=NOW)
        it.session.execute(update(Message).values(attempts=0))
        it.ask(mailing, 5)
        it.answer(mailing, spread("overall", 2, 2, 3))

    results = results_of(installation, build)

    assert (only(results).counts.invited, results.funnel.invited) == (7, 7)
    assert only(results).rate == Rate(7, 7, "invited")


def test_funnel_keeps_persons_and_attendances_apart(installation: Installation) -> None:
    def build(it: Answering) -> None:
        it.people(10)
        it.people(2, state="cancelled")
        it.people(1, state="dropped_out")
        rule = it.rule(it.questionnaire(OVERALL))
        for code, present in (("t1", 8), ("t2", 5)):
            mailing = it.mailing(rule, it.occasion(code, present=present))
            it.ask(mailing, present)
            it.answer(mailing, [*spread("overall", 0, 0, present - 2), None])

    results = results_of(installation, build)
    funnel = results.funnel

    assert (funnel.registered, funnel.present, funnel.attendances) == (11, 8, 13)
    assert (funnel.invited, funnel.answered) == (8, 6)
    assert (funnel.sent.invited, funnel.sent.delivered, funnel.sent.started, funnel.sent.submitted) == (
        13,
        13,
        11,
        9,
    )
    assert funnel.response is not None
    assert funnel.response.percent == Decimal("69.2")
    assert [each.present for each in results.measurements] == [8, 5]


@pytest.mark.parametrize(("modes", "answered"), [(("sealed",), 6), (("sealed", "named"), None), ((), None)])
def test_persons_are_counted_only_where_answers_tell_them_apart(
    sqlite_installation: Installation, modes: tuple[str, ...], answered: int | None
) -> None:
    def build(it: Answering) -> None:
        it.people(6)
        for number, mode in enumerate(modes or ("anonymous", "anonymous")):
            form = it.questionnaire(OVERALL, code=f"form{number}", privacy_mode=mode)
            mailing = it.mailing(it.rule(form, code=f"rule{number}"), it.occasion(f"t{number}", present=6))
            it.ask(mailing, 6)
            for each in it.answer(mailing, spread("overall", 0, 0, 6)):
                each.pairing_key = each.pairing_key if modes else None

    assert results_of(sqlite_installation, build).funnel.answered == answered


def test_no_attendance_is_claimed_where_none_is_kept(sqlite_installation: Installation) -> None:
    results = results_of(sqlite_installation, lambda it: it.occasion("t1"), attendance_kept=False)

    assert results.funnel.present is None
    assert results.funnel.attendances is None
    assert only(results).present is None


@pytest.mark.parametrize(
    ("k", "n", "decimals", "expected"),
    [
        (1, 8, 1, "12.5"),
        (1, 8, 0, "13"),  # a tie: 12.5
        (3, 8, 0, "38"),  # a tie: 37.5
        (1, 16, 1, "6.3"),  # a tie: 6.25
        (1, 32, 2, "3.13"),  # a tie: 3.125
        (13, 53, 0, "25"),
        (54, 94, 1, "57.4"),
    ],
)
def test_shares_are_half_up_from_counts(
    sqlite_installation: Installation, k: int, n: int, decimals: int, expected: str
) -> None:
    result = asked_with(sqlite_installation, spread("overall", n - k, k), decimals=decimals)

    assert [str(bar.share.percent) for bar in result.points][1] == expected
    assert [bar.share.count for bar in result.points] == [n - k, k, 0, 0]


def test_n_missing_and_dont_know_are_told_apart(sqlite_installation: Installation) -> None:
    result = asked_with(sqlite_installation, [*spread("overall", 1, 2, 3, 4, 5), {}, {}, {}])

    assert (result.n, result.missing, result.dont_know) == (10, 3, 5)
    assert [bar.share.count for bar in result.points] == [1, 2, 3, 4]
    assert result.top is not None
    assert (result.top.share.count, result.top.share.base, str(result.top.share.percent)) == (7, 10, "70.0")
    assert result.middle is not None
    assert (str(result.middle.mean), str(result.middle.median)) == ("3.0", "3.0")


def test_top_share_is_added_as_counts_not_as_rounded_shares(sqlite_installation: Installation) -> None:
    # 16 and 35 of 54 are 29.6 and 64.8; together 51 of 54 is 94.4, not 94.5 as 29.63 + 64.81 rounded up apart
    result = asked_with(sqlite_installation, spread("overall", 1, 2, 16, 35))

    assert result.top is not None
    assert str(result.top.share.percent) == "94.4"


def test_says_where_shares_do_not_add_to_hundred(sqlite_installation: Installation) -> None:
    merged = {
        "points": DEGREE["points"],
        "merged": [
            {"label": local("Låg"), "codes": ["1", "2"]},
            {"label": local("Hög"), "codes": ["3", "4"]},
        ],
        "top": 2,
    }
    content = one_question(kind="scale", scale=merged)
    result = asked_with(sqlite_installation, spread("q", 2, 13, 38, 0), content=content, decimals=0)

    assert [str(bar.share.percent) for bar in result.points] == ["4", "25", "72", "0"]
    assert not result.adds_to_hundred
    assert [(bar.codes, bar.share.count, str(bar.share.percent)) for bar in result.merged] == [
        (("1", "2"), 15, "28"),
        (("3", "4"), 38, "72"),
    ]


def test_themes_have_their_own_n(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(AFTER)), it.occasion("t1", "Ansvar", "Bemötande"))
        it.ask(mailing, 12)
        it.answer(mailing, [*[{"new-A": "1", "new-B": "4"}] * 6, *[{"new-A": "3"}] * 4, {}])

    measurement = only(results_of(sqlite_installation, build))
    first, second = question(measurement, "new-A"), question(measurement, "new-B")

    assert (first.theme, first.base_code, first.n, first.missing) == ("A", "new", 10, 1)
    assert first.text["sv"] == "Nytt om Ansvar?"
    assert (second.n, second.verdict) == (6, Verdict.ALL_SAME)


def test_words_by_frequency_and_texts_in_an_order_that_tells_nothing(installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(AFTER)), it.occasion("t1"))
        it.ask(mailing, 9)
        it.answer(
            mailing,
            [
                {"words": ["Nyttig", "Ärlig"], "more": "Önskar mer tid"},
                {"words": ["nyttig"], "more": "Bra"},
                {"words": ["Intressant"], "more": "Åter igen: bra"},
                {"words": ["Intressant", "nyttig"]},
                {},
            ],
        )

    measurement = only(results_of(installation, build))

    assert [(word.word, word.count) for word in question(measurement, "words").words] == [
        ("nyttig", 3),
        ("Intressant", 2),
        ("Ärlig", 1),
    ]
    assert question(measurement, "more").texts == ("Bra", "Åter igen: bra", "Önskar mer tid")


def test_several_choices_are_shares_of_persons(sqlite_installation: Installation) -> None:
    options = [{"code": code, "label": local(code)} for code in "ab"]
    content = one_question(kind="several_choices", options=options, other=True)
    answers: list[dict[str, Any] | None] = [
        *[{"q": {"codes": ["a", "b"]}}] * 3,
        {"q": {"codes": ["a"]}},
        {"q": {"codes": ["other"], "text": "Eget"}},
        {},
    ]
    result = asked_with(sqlite_installation, answers, content=content)

    assert result.several
    assert [(bar.code, bar.share.count, str(bar.share.percent)) for bar in result.points] == [
        ("a", 4, "80.0"),
        ("b", 3, "60.0"),
        ("other", 1, "20.0"),
    ]
    assert result.texts == ("Eget",)
    assert (result.n, result.missing) == (5, 1)


def test_numbers_have_mean_and_median_with_n(sqlite_installation: Installation) -> None:
    content = one_question(kind="number", unit=local("timmar"), decimals=1)
    result = asked_with(
        sqlite_installation, [{"q": each} for each in ("1", "2", "2.5", "4", "10")], content=content
    )

    assert result.n == 5
    assert result.middle is not None
    assert (str(result.middle.mean), str(result.middle.median)) == ("3.9", "2.5")
    assert (str(result.middle.minimum), str(result.middle.maximum)) == ("1", "10")


def test_one_answer_more_changes_rate_and_n_at_once(installation: Installation) -> None:
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        mailing = it.measured(spread("overall", 1, 2, 2), invited=9, closes_in=timedelta(days=5))
        series_id = it.series.id
    before = only(series_results(installation.database, series_id, NOW))
    with installation.database.transaction() as session:
        it.session = session
        it.answer(session.merge(mailing), [{"overall": "4"}])
    after = only(series_results(installation.database, series_id, NOW))

    assert (before.state, before.counts.submitted, question(before).n) == ("open", 5, 5)
    assert (after.counts.submitted, question(after).n) == (6, 6)
    assert question(after).points[3].share.count == 1


@pytest.mark.parametrize("answered", [1, 4])
def test_below_the_limit_there_is_nothing_but_n(sqlite_installation: Installation, answered: int) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(AFTER)), it.occasion("t1", "Ansvar"))
        it.ask(mailing, 20)
        it.answer(mailing, [{"overall": "4", "words": [SENTINEL[:30]], "more": SENTINEL}] * answered)

    results = results_of(sqlite_installation, build)
    measurement = only(results)

    assert (measurement.withheld, measurement.shown, measurement.questions) == ("too_few", False, ())
    assert measurement.counts.submitted == answered
    assert SENTINEL[:30] not in json.dumps(asdict(results), default=str)


def test_a_question_that_few_answered_shows_nothing_but_n(sqlite_installation: Installation) -> None:
    result = asked_with(sqlite_installation, [*spread("overall", 1, 1, 1, 1, 3), {}, {}])

    assert (result.n, result.verdict) == (4, Verdict.TOO_FEW)
    assert (result.points, result.top, result.middle, result.missing, result.dont_know) == (
        (),
        None,
        None,
        0,
        None,
    )


@pytest.mark.parametrize(
    ("answered", "verdict"), [(5, Verdict.ALL_SAME), (9, Verdict.ALL_SAME), (10, Verdict.SHOWN)]
)
def test_all_the_same_is_told_only_of_twice_the_limit(
    sqlite_installation: Installation, answered: int, verdict: Verdict
) -> None:
    result = asked_with(sqlite_installation, spread("overall", 0, 0, 0, answered))

    assert result.verdict is verdict
    assert bool(result.points) is (verdict is Verdict.SHOWN)


def test_a_higher_limit_of_the_project_is_kept(sqlite_installation: Installation) -> None:
    measurement = only(
        results_of(sqlite_installation, lambda it: it.measured(spread("overall", 3, 6)), minimum_group=10)
    )

    assert measurement.withheld == "too_few"


def test_a_hidden_measurement_cannot_be_had_by_subtraction(sqlite_installation: Installation) -> None:
    """The others and every total there is say nothing of what the hidden one holds."""

    hidden: list[UUID] = []

    def build(it: Answering) -> None:
        it.measured(spread("overall", 3, 3, 4, 2))
        mailing = it.measured(spread("overall", 4))
        hidden.extend(each.id for each in it.session.query(Response).filter_by(rule_id=mailing.rule_id))

    low = results_of(sqlite_installation, build)
    with sqlite_installation.database.transaction() as session:
        session.execute(update(Response).where(Response.id.in_(hidden)).values(answers={"overall": "4"}))
    high = series_results(sqlite_installation.database, low.id, NOW)

    assert len(hidden) == 4
    assert low == high


def test_open_answers_wait_for_those_who_see_who_has_answered(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        it.measured(spread("overall", 2, 4), invited=8, closes_in=timedelta(days=1))

    results = results_of(sqlite_installation, build, as_evaluator=False)
    measurement = only(results)

    assert (measurement.withheld, measurement.questions) == ("until_closed", ())
    assert measurement.response is not None
    assert (measurement.response.count, measurement.response.base) == (6, 8)

    def later(**by: float) -> Measurement:
        now = NOW + timedelta(days=1, **by)
        return only(series_results(sqlite_installation.database, results.id, now, as_evaluator=False))

    assert later().state == "closed"
    assert later(minutes=14).withheld == "until_closed"
    assert question(later(minutes=15)).n == 6


def test_not_measured_is_not_zero(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        rule = it.rule(it.questionnaire())
        it.occasion("t1", measured=False)
        it.mailing(rule, it.occasion("t2"), state="missed", reason="too_late")
        it.mailing(rule, it.occasion("t3"), state="planned", closes_in=timedelta(days=30))
        it.mailing(rule, it.occasion("t4", cancelled=True), state="cancelled", reason="cancelled")

    results = results_of(sqlite_installation, build)

    assert [(each.place, each.state) for each in results.measurements] == [
        ("t1", "not_measured"),
        ("t2", "not_measured"),
        ("t3", "planned"),
        ("t4", "cancelled"),
    ]
    assert all(each.rate is None and not each.shown for each in results.measurements)


def test_order_is_before_occasions_after(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        after = it.rule(it.questionnaire(code="eftermatning", wave="post"), "post", "series_end")
        each = it.rule(it.questionnaire())
        before = it.rule(it.questionnaire(code="formatning", wave="pre"), "pre", "series_start")
        first, second = it.occasion("t1"), it.occasion("t2")
        for rule, occasion in ((after, None), (each, second), (each, first), (before, None)):
            it.mailing(rule, occasion)

    measurements = results_of(sqlite_installation, build).measurements

    assert [(each.rule_code, each.place) for each in measurements] == [
        ("pre", ""),
        ("efter", "t1"),
        ("efter", "t2"),
        ("post", ""),
    ]


def test_personal_targets_are_one_measurement(installation: Installation) -> None:
    def build(it: Answering) -> None:
        rule = it.rule(it.questionnaire(OVERALL), "start", "registration")
        for number, person in enumerate(it.people(6)):
            mailing = it.mailing(
                rule,
                target=f"enrolment:{person.id}",
                enrolment_id=person.id,
                closes_in=timedelta(days=number - 9),
            )
            it.ask(mailing, 1)
            it.answer(mailing, [{"overall": "34"[number % 2]}])

    measurement = only(results_of(installation, build))

    assert (measurement.counts.invited, measurement.counts.submitted) == (6, 6)
    assert measurement.closes_at == NOW - timedelta(days=4)
    assert [bar.share.count for bar in question(measurement).points] == [0, 0, 3, 3]


def test_versions_with_the_same_answers_are_put_together_and_said(installation: Installation) -> None:
    new_words = one_question(kind="scale", scale=DEGREE) | {"title": local("Ny")}
    new_words["questions"][0]["text"] = local("Frågan i nya ord")

    def build(it: Answering) -> None:
        mailing = it.measured(spread("q", 1, 2, 3), one_question(kind="scale", scale=DEGREE), invited=20)
        questionnaire = mailing.rule.questionnaire
        assert questionnaire is not None
        it.answer(mailing, spread("q", 0, 0, 4), version=it.version(questionnaire, new_words))

    (result,) = only(results_of(installation, build)).questions

    assert (result.n, result.versions, result.reworded) == (10, (1, 2), True)
    assert result.text["sv"] == "Frågan i nya ord"
    assert [bar.share.count for bar in result.points] == [1, 2, 7, 0]


def test_versions_with_other_answers_are_kept_apart_and_not_asked_is_not_missing(
    sqlite_installation: Installation,
) -> None:
    three = {"points": DEGREE["points"][:3], "merged": [], "top": 2}

    def build(it: Answering) -> None:
        mailing = it.measured(spread("q", 1, 2, 3), one_question(kind="scale", scale=DEGREE), invited=20)
        questionnaire = mailing.rule.questionnaire
        assert questionnaire is not None
        version = it.version(questionnaire, one_question(kind="scale", scale=three))
        it.answer(mailing, [*spread("q", 3, 3), {}], version=version)

    newer, older = only(results_of(sqlite_installation, build)).questions

    assert (newer.versions, newer.n, newer.missing, len(newer.points)) == ((2,), 6, 1, 3)
    assert (older.versions, older.n, older.missing, len(older.points)) == ((1,), 6, 0, 4)


def test_one_measurement_alone_gives_the_same_as_among_all(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        it.measured(spread("overall", 3, 3, 4, 2))
        it.measured(spread("overall", 0, 3, 4, 2))

    results = results_of(sqlite_installation, build)
    with sqlite_installation.database.reading() as session:
        outline, alone = read_measurement(session, results.id, "efter2", "t2", NOW)
        rates = read_rates(session, results.id, NOW)
        with pytest.raises(UnknownMeasurement):
            read_measurement(session, results.id, "efter2", "t1", NOW)

    assert alone == results.measurements[1]
    assert [each.rate for each in rates.measurements] == [each.rate for each in results.measurements]
    assert outline.funnel == results.funnel == rates.funnel
    assert not any(each.questions for each in rates.measurements)
