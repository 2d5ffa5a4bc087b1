"""What staff type in from paper, on both databases."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from random import Random

import pytest
from sqlalchemy import select, update

from surveys.answers import closing, paper, responses, uncoded
from surveys.answers.paper import Entered, PaperForm
from surveys.database import Database
from surveys.exporting.rows import Export
from surveys.installation import Installation
from surveys.models.answer_key import AnswerKey
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.programme import Series
from surveys.models.questionnaire import Questionnaire
from surveys.models.response import Response
from surveys.queries import mailings, results_counts
from surveys.queries.results import key
from surveys.results import series as results
from surveys.running import access
from tests.support.forms import CLOSES, EVERY_KIND, NOW, Asked, ask, filled

ON_PAPER = {"q-role": ["a"], "q-missed": ["Mer tid"]}  # the required question is left out
KEPT = {"role": {"code": "a"}, "missed": "Mer tid"}


def staff(installation: Installation) -> int:
    access.add_user(installation.database, "lo@kurser.example", "Lo", "tre små gröna ekar")
    with installation.database.reading() as session:
        return session.scalars(select(access.User.id)).one()


def the_mailing(db: Database) -> tuple[int, int]:
    with db.reading() as session:
        mailing = session.scalars(select(Mailing)).one()
        return mailing.rule.series.project_id, mailing.id


def form_of(installation: Installation, name: str) -> PaperForm:
    with installation.database.reading() as session:
        mailing = mailings.mailing(session, *the_mailing(installation.database))
        assert mailing is not None
        found = paper.forms(session, installation.keys, mailing, NOW)
        return next(each for each in found if each.person.name == name)


def enter(
    installation: Installation, form: PaperForm, user: int, raw: Mapping[str, list[str]] = ON_PAPER
) -> Entered:
    return paper.enter(installation.database, installation.keys, form, raw, "sv", "", user, NOW)


def on_web(installation: Installation, asked: Asked, raw: Mapping[str, list[str]], *, submit: bool) -> None:
    view = responses.open_form(installation.database, installation.keys, asked.public_id, asked.token, NOW)
    given = filled(raw, submit=submit, edition=view.edition)
    responses.save(installation.database, installation.keys, asked.public_id, asked.token, given, NOW)


def stored(installation: Installation) -> list[Response]:
    with installation.database.reading() as session:
        found = list(session.scalars(select(Response)))
        session.expunge_all()
        return found


@pytest.mark.parametrize("mode", ["named", "pseudonymous", "sealed", "anonymous"])
def test_a_paper_counts_as_an_answer_and_says_where_it_came_from(
    installation: Installation, mode: str
) -> None:
    anna, _ = ask(installation, "Anna", "Bo", privacy_mode=mode)
    user = staff(installation)
    enter(installation, form_of(installation, "Anna"), user)
    (response,) = stored(installation)
    assert (response.answers, response.source) == (KEPT, "paper")
    # Where an answer becomes untraceable, nothing says whose hands it went through, nor at what moment.
    traceable = mode in ("named", "pseudonymous")
    assert response.entered_by == (user if traceable else None)
    assert (response.submitted_at == NOW) == traceable
    assert [form_of(installation, name).answered for name in ("Anna", "Bo")] == [True, False]
    with installation.database.reading() as session:
        counts = results_counts.counts(session, 1)[key(anna.rule_id, anna.target)]
    assert (counts.submitted, counts.paper) == (1, 1)


def test_a_code_is_found_however_it_is_typed_and_a_person_only_where_answers_have_names(
    installation: Installation,
) -> None:
    ask(installation, "Anna", "Bo", privacy_mode="named")
    anna, bo = form_of(installation, "Anna"), form_of(installation, "Bo")
    assert anna.code != bo.code
    with installation.database.reading() as session:
        mailing = mailings.mailing(session, *the_mailing(installation.database))
        assert mailing is not None
        spaced = f" {anna.code[:4].lower()}-{anna.code[4:]} ".replace("0", "o").replace("1", "l")
        assert paper.by_code(session, installation.keys, mailing, spaced, NOW).person.name == "Anna"
        assert paper.by_person(session, installation.keys, mailing, "p2", NOW).person.name == "Bo"
        for unknown in ("", "ABCD", anna.code[:-1] + ("2" if anna.code[-1] != "2" else "3"), "😀" * 8):
            with pytest.raises(paper.UnknownPaper):
                paper.by_code(session, installation.keys, mailing, unknown, NOW)
        assert mailing.rule.questionnaire is not None
        mailing.rule.questionnaire.privacy_mode = "pseudonymous"
        with pytest.raises(paper.UnknownPaper):
            paper.by_person(session, installation.keys, mailing, "p2", NOW)


def test_what_was_sent_in_on_the_web_is_neither_shown_nor_overwritten(installation: Installation) -> None:
    anna, _ = ask(installation, "Anna", "Bo")
    user, form = staff(installation), form_of(installation, "Anna")
    on_web(installation, anna, {"q-overall": ["3"]}, submit=True)
    with pytest.raises(responses.AnsweredAlready):
        paper.opened(installation.database, installation.keys, form, NOW)
    with pytest.raises(responses.AnsweredAlready):
        enter(installation, form, user)
    assert stored(installation)[0].answers == {"overall": "3"}


def test_the_same_rules_as_on_the_web_but_that_gaps_are_gaps(installation: Installation) -> None:
    ask(installation, "Anna")
    user, form = staff(installation), form_of(installation, "Anna")
    with pytest.raises(responses.Incomplete) as faulty:
        enter(installation, form, user, {"q-hours": ["många"], "q-use": ["a", "b", "c"]})
    assert set(faulty.value.checked.errors) == {"hours", "use"}
    with pytest.raises(responses.Incomplete):
        enter(installation, form, user, {})  # an empty paper is no answer
    with pytest.raises(responses.Closed):
        paper.enter(
            installation.database, installation.keys, form, ON_PAPER, "sv", "", user, CLOSES + paper.GRACE
        )
    assert stored(installation) == []


def test_an_answer_to_what_is_not_asked_is_left_out_and_said(installation: Installation) -> None:
    content = deepcopy(EVERY_KIND)
    content["questions"][-1]["relevant"] = "${overall} >= 3"
    ask(installation, "Anna", content=content)
    typed = {"q-overall": ["1"], "q-quoted": ["yes"]}
    assert enter(installation, form_of(installation, "Anna"), staff(installation), typed).left_out == 1
    assert stored(installation)[0].answers == {"overall": "1"}


def test_undoing_takes_back_the_paper_and_nothing_that_the_person_has_begun(
    installation: Installation,
) -> None:
    _, bo = ask(installation, "Anna", "Bo")
    user, where = staff(installation), the_mailing(installation.database)
    db, keys = installation.database, installation.keys
    on_web(installation, bo, {"q-missed": ["Halvfärdigt"]}, submit=False)
    opened = paper.opened(db, keys, form_of(installation, "Bo"), NOW)
    assert (opened.current, opened.person) == ({}, "")  # what Bo has begun is not for staff to read
    entered = [enter(installation, form_of(installation, name), user) for name in ("Anna", "Bo")]
    for each in entered:
        paper.undo(db, keys, *where, each, user, NOW)
    (left,) = stored(installation)
    assert (left.answers, left.draft, left.source) == (None, {"missed": "Halvfärdigt"}, "web")
    with pytest.raises(paper.NotUndone):
        paper.undo(db, keys, *where, entered[0], user, NOW)
    # What a person has changed on the web since is theirs.
    again = enter(installation, form_of(installation, "Bo"), user)
    on_web(installation, bo, {"q-overall": ["4"]}, submit=True)
    with pytest.raises(paper.NotUndone):
        paper.undo(db, keys, *where, again, user, NOW)
    assert [(each.source, each.entered_by) for each in stored(installation)] == [("web", None)]


def test_printing_leaves_a_deed_and_skips_those_who_have_answered(installation: Installation) -> None:
    anna, _ = ask(installation, "Anna", "Bo")
    user, where = staff(installation), the_mailing(installation.database)
    on_web(installation, anna, {"q-overall": ["3"]}, submit=True)
    printed = paper.print_forms(installation.database, installation.keys, *where, user, True, NOW)
    assert [each.person.name for each in printed] == ["Bo"]
    with installation.database.reading() as session:
        deed = session.scalars(select(Deed)).one()
        assert (deed.action, deed.user_id, deed.details) == (
            "paper_printed",
            user,
            {"forms": 1, "links": True},
        )
    with pytest.raises(paper.NothingToPrint):  # there is one file of them, and it is part 0
        paper.print_forms(installation.database, installation.keys, *where, user, False, NOW, None, 1)
    with pytest.raises(paper.NothingToPrint):
        paper.print_forms(installation.database, installation.keys, *where, user, False, CLOSES + paper.GRACE)


def uncoded_paper(
    installation: Installation, ticket: str, raw: Mapping[str, list[str]] = ON_PAPER, language: str = "sv"
) -> uncoded.EnteredUncoded:
    db, where = installation.database, the_mailing(installation.database)
    with db.reading() as session:
        mailing = mailings.mailing(session, *where)
        assert mailing is not None
        version = uncoded.sheet(session, mailing, NOW).version
        user = session.scalars(select(access.User.id)).one()
    return uncoded.enter(db, *where, raw, language, version, ticket.ljust(16, "-"), user, NOW)


@pytest.mark.parametrize("mode", ["pseudonymous", "sealed", "anonymous"])
def test_a_paper_without_a_code_is_an_answer_and_no_person(installation: Installation, mode: str) -> None:
    ask(installation, "Anna", "Bo", privacy_mode=mode)
    user, db, keys = staff(installation), installation.database, installation.keys
    where = the_mailing(installation.database)
    enter(installation, form_of(installation, "Anna"), user)
    entered = [uncoded_paper(installation, f"paper-{number}", language="ar") for number in range(4)]
    again = uncoded_paper(installation, "paper-0", {"q-role": ["b"]})
    assert (entered[0].new, again.new, again.key) == (True, False, entered[0].key)  # the page sent twice
    rows = [each for each in stored(installation) if each.uncoded]
    assert {(each.source, each.language, each.pairing_key, each.enrolment_id) for each in rows} == {
        ("paper", "ar", None, None)
    }
    assert [each.answers for each in rows] == [KEPT] * 4
    assert {each.entered_by for each in rows} == {user if mode == "pseudonymous" else None}
    assert {each.submitted_at == NOW for each in rows} == {mode == "pseudonymous"}
    with db.reading() as session:
        measured = results.read_rates(session, 1, NOW, as_evaluator=True).measurements[0]
        assert (measured.counts.submitted, measured.counts.uncoded, measured.counts.answers) == (1, 4, 5)
        assert measured.rate is not None
        assert (measured.rate.numerator, measured.rate.denominator, measured.withheld) == (1, 2, None)
        assert results_counts.head_counts(session, 1, results_counts.counts(session, 1)).answered == (
            None if mode == "anonymous" else 1
        )
    with db.transaction() as session:
        session.execute(update(Series).values(response_rows=True))
    with db.reading() as session:
        exported = list(Export(session, keys, 1, NOW, "sv").rows())
        codes = {row[1] for row in exported}
    # Where every row of a file has a person's code, theirs do too: nothing tells them from the others.
    assert (len(exported), len(codes)) == (5, {"pseudonymous": 5, "sealed": 2, "anonymous": 1}[mode])
    uncoded.undo(db, *where, entered[3].key, user, NOW)
    with pytest.raises(paper.NotUndone):
        uncoded.undo(db, *where, entered[3].key, user, NOW)
    assert sum(each.uncoded for each in stored(installation)) == 3
    if mode == "pseudonymous":
        return
    # After closing nothing leads from a row to the paper it came from, and few of a language do not tell.
    with db.reading() as session:
        name = session.scalars(select(AnswerKey.name)).one()
    closing.close(db, keys, name, NOW, Random(1))
    rows = [each for each in stored(installation) if each.uncoded]
    assert {(each.source, each.language) for each in rows} == {("paper", "")}
    assert not {each.response_key for each in rows} & {each.key for each in entered}
    with pytest.raises(uncoded.NotTaken):
        uncoded_paper(installation, "late")


def test_papers_without_a_code_are_refused_where_they_would_be_untrue(installation: Installation) -> None:
    ask(installation, "Anna", privacy_mode="named")
    user, db, where = staff(installation), installation.database, the_mailing(installation.database)

    def refused(now: datetime, ticket: str = "a" * 20) -> str:
        with pytest.raises(uncoded.NotTaken) as reason:
            uncoded.enter(db, *where, ON_PAPER, "sv", "", ticket, user, now)
        return reason.value.code

    assert refused(NOW) == "named"
    with db.transaction() as session:
        session.execute(update(Questionnaire).values(privacy_mode="pseudonymous"))
    assert refused(CLOSES + paper.GRACE) == "closed"
    assert refused(NOW, "kort") == "not_sent"
    with pytest.raises(uncoded.Faulty) as faulty:
        uncoded_paper(installation, "a", {"q-hours": ["många"]})
    assert list(faulty.value.checked.errors) == ["hours"]
    with pytest.raises(uncoded.Faulty):
        uncoded_paper(installation, "a", {})
    with db.transaction() as session:
        session.execute(update(Mailing).values(state="planned"))
    assert refused(NOW) == "not_sent"
    assert stored(installation) == []
