"""Tags of languages, which text a reader gets, and how languages write dates and numbers."""

from datetime import datetime

import pytest

from surveys.catalogues import catalogue, is_known, language_of, languages, offered_languages
from surveys.domain import dates
from surveys.domain.texts import has_bad_characters, language_tag, nearest, pick, printable

BOTH = {"sv": "Hej", "ar": "مرحبا"}
HARD = "\u00a0"


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("SV", "sv"),
        ("sv-Simple", "sv-simple"),
        ("sr-latn", "sr-Latn"),
        ("en-gb", "en-GB"),
        ("svenska", None),
        ("sv_SE", None),
        ("s", None),
        ("", None),
        ("no, or yes", None),
        ("en-abcdefgh-abcdefgh", None),  # longer than the database keeps
    ],
)
def test_a_tag_in_its_usual_case_or_none(typed: str, tag: str | None) -> None:
    assert language_tag(typed) == tag


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (BOTH, "ar", "ar"),
        (BOTH, "sv-simple", "sv"),  # easy Swedish falls back to Swedish
        (BOTH, "so", "sv"),
        ({"en": "Hi", "ar": "مرحبا"}, "so", "en"),
        ({"sv": "", "en": "Hi"}, "sv-simple", "en"),
        ({"sv": ""}, "sv", ""),
        ({}, "sv", ""),
    ],
)
def test_the_nearest_text_there_is(text: dict[str, str], language: str, found: str) -> None:
    assert nearest(text, language) == found
    assert pick(text, language) == text.get(found, "")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("sv", f"tis{HARD}1{HARD}dec{HARD}2026 kl.{HARD}18.00"),
        ("sv-simple", f"tisdag{HARD}1{HARD}december{HARD}2026 klockan{HARD}18.00"),
        ("en", f"Tue{HARD}1{HARD}Dec{HARD}2026 at{HARD}18:00"),
        ("ar", f"الثلاثاء{HARD}1{HARD}ديسمبر{HARD}2026 الساعة{HARD}18:00"),
    ],
)
def test_a_moment_in_each_language(language: str, written: str) -> None:
    assert dates.when(datetime(2026, 12, 1, 18, 0), language) == written  # noqa: DTZ001 - a wall time


def test_every_language_says_all_that_is_asked_of_it() -> None:
    for code, each in languages().items():
        assert (len(each.days), len(each.months)) == (7, 12), code
        assert language_tag(code) == code
        assert not each.fallback or each.fallback in languages()


def test_a_language_without_a_catalogue_has_a_name_and_a_direction() -> None:
    assert (language_of("fa").name, language_of("fa").direction) == ("فارسی", "rtl")
    assert language_of("so").catalogue_code == "sv"
    assert is_known("ti")
    assert not is_known("xx")
    # CLDR has no data of the first two, and no word of its own for the third.
    names = [language_of(code).name for code in ("fit", "rom", "fa-AF")]
    assert (names, language_of("fa-AF").direction) == (["meänkieli", "romani čhib", "دری"], "rtl")


def test_the_likeliest_languages_are_offered_first_and_no_dead_ones() -> None:
    offered = offered_languages()
    assert list(offered) == ["ours", "minority", "large", "other"]
    assert [name for _code, name in offered["minority"]] == [
        "finska",
        "jiddisch",
        "lulesamiska",
        "meänkieli",
        "nordsamiska",
        "romani chib",
        "sydsamiska",
    ]
    assert {"so", "ti", "fa-AF", "pl", "uk", "th"} <= {code for code, _name in offered["large"]}
    codes = [code for group in offered.values() for code, _name in group]
    assert len(codes) == len(set(codes)) > 200
    assert not {"la", "sa", "eo", "cu", "vo"} & set(codes)
    assert [code for code in codes if not is_known(code) or language_tag(code) != code] == []


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "يستغرق نحو دقيقة واحدة."),
        (2, "يستغرق نحو دقيقتين."),
        (5, "يستغرق نحو 5 دقائق."),
        (20, "يستغرق نحو 20 دقيقة."),
        (102, "يستغرق نحو 102 دقيقة."),
    ],
)
def test_arabic_counts_in_its_six_ways(count: int, said: str) -> None:
    texts = catalogue("ar")
    found = texts.ngettext("It takes about %(num)s minute.", "It takes about %(num)s minutes.", count)
    assert found % {"num": count} == said


def test_arabic_words_are_counted_as_they_are_printed() -> None:
    texts = catalogue("ar")
    told = "One word.", "At most %(num)s words, one a line."
    assert texts.ngettext(*told, 3) % {"num": 3} == "3 كلمات على الأكثر، كلمة في كل سطر."
    asked = "There is %(num)s question.", "There are %(num)s questions, one at a time."
    assert "12 سؤالًا" in texts.ngettext(*asked, 12) % {"num": 12}


def test_what_a_catalogue_lacks_comes_from_the_one_it_falls_back_to() -> None:
    assert catalogue("ar").gettext("Questionnaires") == "Enkäter"
    assert catalogue("so").gettext("Send in") == "Skicka in"
    assert catalogue("en").gettext("Send in") == "Send in"


def test_what_no_file_of_xml_can_hold_is_no_text() -> None:
    assert has_bad_characters("a\ufffe")
    assert printable("a\x01\ufffe\uffffå\n") == "aå\n"
    assert not has_bad_characters("Hej 😀 \u200d مرحبا\n")
