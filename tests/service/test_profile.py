"""A project's settings, on both databases."""

from dataclasses import replace

import pytest

from surveys.course import profile
from surveys.course.profile import BadLogotype, BadProfile, Profile, ProfileConflict
from surveys.domain.pictures import LARGEST_LOGOTYPE_BYTES
from surveys.installation import Installation
from surveys.models.programme import Project
from surveys.queries import projects as queries
from tests.support.books import a_project

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40 + b"\xff\xd9"


@pytest.fixture
def project_id(installation: Installation) -> int:
    with installation.database.transaction() as session:
        project = a_project()
        session.add(project)
        session.flush()
        return project.id


def stored(installation: Installation, project_id: int) -> Profile:
    with installation.database.reading() as session:
        project = session.get(Project, project_id)
        assert project is not None
        return profile.profile_of(project)


def picture(installation: Installation, project_id: int) -> tuple[bytes, str] | None:
    with installation.database.reading() as session:
        return queries.logotype(session, project_id)


def test_a_change_is_kept_cleaned(installation: Installation, project_id: int) -> None:
    seen = stored(installation, project_id)
    wanted = replace(
        seen, title="  Ny \n titel ", reply_to="Svar@Exämpel.example", decimals=0, minimum_group=10
    )
    kept = profile.change_profile(installation.database, project_id, wanted, seen.mark)
    assert kept == stored(installation, project_id)
    assert (kept.title, kept.decimals, kept.minimum_group) == ("Ny titel", 0, 10)
    assert kept.reply_to == "Svar@xn--exmpel-cua.example"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", " ", "blank"),
        ("title", "å" * 201, "too_long"),
        ("title", "a\0b", "bad_characters"),
        ("sender_name", "", "blank"),
        ("sender_name", "å" * 121, "too_long"),
        ("reply_to", "", "blank"),
        ("reply_to", "någon", "bad_address"),
        ("reply_to", "a@b@c.example", "bad_address"),
        ("logotype_text", "å" * 201, "too_long"),
        ("decimals", 3, "out_of_range"),
        ("decimals", -1, "out_of_range"),
        ("minimum_group", 4, "out_of_range"),
        ("minimum_group", 11, "out_of_range"),
    ],
)
def test_what_cannot_be_changes_nothing(
    installation: Installation, project_id: int, field: str, value: str | int, code: str
) -> None:
    seen = stored(installation, project_id)
    with pytest.raises(BadProfile) as caught:
        profile.change_profile(
            installation.database,
            project_id,
            replace(seen, **{field: value}),  # type: ignore[arg-type]
            seen.mark,
        )
    assert caught.value.faults == {field: code}
    assert stored(installation, project_id) == seen


def test_a_line_break_cannot_reach_a_mail_header(installation: Installation, project_id: int) -> None:
    seen = stored(installation, project_id)
    wanted = replace(seen, sender_name="Projektet\r\nBcc: alla@folja.example")
    kept = profile.change_profile(installation.database, project_id, wanted, seen.mark)
    assert kept.sender_name == "Projektet Bcc: alla@folja.example"


def test_two_organisers_do_not_overwrite_each_other(installation: Installation, project_id: int) -> None:
    seen = stored(installation, project_id)
    first = replace(seen, title="Från den ena")
    profile.change_profile(installation.database, project_id, first, seen.mark)
    with pytest.raises(ProfileConflict) as caught:
        profile.change_profile(installation.database, project_id, replace(seen, decimals=2), seen.mark)
    assert caught.value.stored == first == stored(installation, project_id)
    assert profile.change_profile(installation.database, project_id, first, seen.mark) == first


@pytest.mark.parametrize(("content", "media_type"), [(PNG, "image/png"), (JPEG, "image/jpeg")])
def test_a_logotype_is_kept_and_taken_away(
    installation: Installation, project_id: int, content: bytes, media_type: str
) -> None:
    assert profile.set_logotype(installation.database, project_id, content) == media_type
    assert picture(installation, project_id) == (content, media_type)
    for _ in range(2):
        profile.remove_logotype(installation.database, project_id)
    assert picture(installation, project_id) is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "logotype_not_a_picture"),
        (b"<svg onload=alert(1)>", "logotype_not_a_picture"),
        (b"GIF89a" + b"\0" * 20, "logotype_not_a_picture"),
        (PNG + b"\0" * LARGEST_LOGOTYPE_BYTES, "logotype_too_large"),
    ],
)
def test_what_is_no_logotype_is_refused(
    installation: Installation, project_id: int, content: bytes, code: str
) -> None:
    with pytest.raises(BadLogotype) as caught:
        profile.set_logotype(installation.database, project_id, content)
    assert caught.value.code == code
    assert picture(installation, project_id) is None
