"""The ready sets are questionnaires that can be asked, in every language they are written in."""

import pytest

from surveys.domain.drafting import QUESTION_CODE, QUESTIONNAIRE_CODE, draft_faults, missing_texts
from surveys.domain.questionnaire import parse
from surveys.models.questionnaire import WAVES
from surveys.writing import sets


@pytest.mark.parametrize("ready", sets.ready_sets(), ids=lambda each: each.code)
def test_a_set_is_whole_in_all_its_languages(ready: sets.ReadySet) -> None:
    assert ready.questionnaires or ready.log_prompts
    for text in (ready.title, ready.about, *ready.log_prompts):
        assert set(text) == sets.written_languages()
    for each in ready.questionnaires:
        assert QUESTIONNAIRE_CODE.fullmatch(each.code)
        assert each.wave in WAVES
        for languages in (("sv",), ("sv", "en")):
            fitted = sets.fitted(each.document, languages)
            assert draft_faults(fitted) == ()
            assert missing_texts(fitted, languages) == ()
            assert all(QUESTION_CODE.fullmatch(question.code) for question in parse(fitted).questions)
        assert missing_texts(each.document, sets.written_languages()) == ()


def test_the_sets_are_also_in_easy_swedish() -> None:
    assert sets.written_languages() == {"sv", "en", "sv-simple"}


def test_what_is_asked_before_and_after_can_be_compared() -> None:
    pair = sets.ready_set("pre_post")
    assert pair is not None
    before, after = (parse(sets.fitted(each.document, ["sv"])) for each in pair.questionnaires)
    shared = {each.code for each in before.questions} & {each.code for each in after.questions}
    assert len(shared) >= 4
    assert all(before.question(code) == after.question(code) for code in shared)
    for code in ("six_months", "retrospective"):
        other = sets.ready_set(code)
        assert other is not None
        form = parse(sets.fitted(other.questionnaires[0].document, ["sv"]))
        again = shared & {each.code for each in form.questions}
        assert len(again) >= 3
        assert all(form.question(each).scale == before.question(each).scale for each in again)  # type: ignore[union-attr]
