"""The learning log's use-cases, on both databases."""

import threading
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import DBAPIError

from surveys.answers import logbook
from surveys.answers.log_view import BookView, EntryView, UnknownEntry
from surveys.answers.logbook import EntryConflict
from surveys.domain.entry import BadEntry
from surveys.installation import Installation
from surveys.keys import token_hash
from surveys.models.followup import Invitation, Mailing, RetiredLink
from surveys.models.log import LogBook, LogEntry
from surveys.models.programme import Series
from surveys.queries.logbook import SharedEntry, author_alias, shared_entries
from tests.support.books import NOW, PROMPT, Traveller, travellers

SECRET = "Chefen lyssnade inte alls på oss."


@pytest.fixture
def anna(installation: Installation) -> Traveller:
    return travellers(installation, "Anna Ek", "Bo Al")[0]


def entry(text: str = "Vi såg hur de arbetar.", plan: str = "", on: str = "2026-11-20") -> dict[str, str]:
    return {"written_on": on, "text": text, "plan": plan}


def write(installation: Installation, who: Traveller, *args: str, **more: object) -> UUID:
    return logbook.write_entry(installation.database, who.book, who.token, entry(*args), NOW, **more)  # type: ignore[arg-type]


def opened(installation: Installation, who: Traveller) -> BookView:
    return logbook.open_book(installation.database, who.book, who.token, NOW)


def only_entry(installation: Installation, who: Traveller) -> EntryView:
    (found,) = opened(installation, who).entries
    return found


def shared(installation: Installation) -> list[SharedEntry]:
    with installation.database.reading() as session:
        series = session.scalars(select(Series)).one()
        return shared_entries(session, installation.keys, series)


def count(installation: Installation) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(LogEntry)) or 0


class TestOpening:
    def test_the_link_leads_to_the_log(self, installation: Installation, anna: Traveller) -> None:
        assert logbook.resolve_link(installation.database, anna.token) == anna.book
        book = opened(installation, anna)
        assert (book.writer, book.series_title) == ("Anna Ek", "Studieresor England")
        assert (book.today, book.entries) == (date(2026, 11, 21), ())

    @pytest.mark.parametrize("token", ["", "x", "å\ud83d", "a\x00b", "x" * 10_000])
    def test_an_unknown_link_opens_nothing(
        self, installation: Installation, anna: Traveller, token: str
    ) -> None:
        with pytest.raises(logbook.UnknownBook):
            logbook.resolve_link(installation.database, token)
        with pytest.raises(logbook.UnknownBook):
            logbook.open_book(installation.database, anna.book, token, NOW)

    def test_one_letter_changed_is_an_unknown_link(self, installation: Installation, anna: Traveller) -> None:
        changed = ("B" if anna.token[0] == "A" else "A") + anna.token[1:]
        with pytest.raises(logbook.UnknownBook):
            logbook.resolve_link(installation.database, changed)

    @pytest.mark.parametrize("public_id", ["", "nothing", "a\x00b", "å", "x" * 500])
    def test_an_unknown_address_opens_nothing(
        self, installation: Installation, anna: Traveller, public_id: str
    ) -> None:
        with pytest.raises(logbook.UnknownBook):
            logbook.open_book(installation.database, public_id, anna.token, NOW)

    def test_another_persons_link_does_not_open_it(self, installation: Installation) -> None:
        anna, bo = travellers(installation, "Anna", "Bo")
        with pytest.raises(logbook.UnknownBook):
            logbook.open_book(installation.database, anna.book, bo.token, NOW)

    def test_a_replaced_link_says_so(self, installation: Installation, anna: Traveller) -> None:
        with installation.database.transaction() as session:
            book = session.scalars(select(LogBook).where(LogBook.public_id == anna.book)).one()
            session.add(RetiredLink(token_hash=book.token_hash, retired_at=NOW))
            book.generation = 2
            book.token_hash = token_hash(installation.keys.link_token(book.public_id, 2))
        for attempt in (
            lambda: logbook.resolve_link(installation.database, anna.token),
            lambda: opened(installation, anna),
            lambda: write(installation, anna),
        ):
            with pytest.raises(logbook.ReplacedBookLink):
                attempt()

    def test_a_withdrawn_link_says_so_and_takes_nothing(
        self, installation: Installation, anna: Traveller
    ) -> None:
        with installation.database.transaction() as session:
            session.scalars(select(LogBook).where(LogBook.public_id == anna.book)).one().withdrawn_at = NOW
        for attempt in (
            lambda: logbook.resolve_link(installation.database, anna.token),
            lambda: opened(installation, anna),
            lambda: write(installation, anna),
        ):
            with pytest.raises(logbook.WithdrawnBook):
                attempt()
        assert count(installation) == 0

    def test_today_is_the_projects_day(self, installation: Installation, anna: Traveller) -> None:
        late = NOW.replace(hour=23, minute=30)  # half past midnight in Stockholm
        book = logbook.open_book(installation.database, anna.book, anna.token, late)
        assert book.today == date(2026, 11, 22)
        logbook.write_entry(installation.database, anna.book, anna.token, entry(on="2026-11-22"), late)
        with pytest.raises(BadEntry):
            logbook.write_entry(installation.database, anna.book, anna.token, entry(on="2026-11-23"), late)


class TestWriting:
    def test_an_entry_is_private(self, installation: Installation, anna: Traveller) -> None:
        written = write(installation, anna, SECRET, "tala med gruppen")
        kept = only_entry(installation, anna)
        assert (kept.id, kept.text, kept.plan) == (written, SECRET, "tala med gruppen")
        assert (kept.written_on, kept.shared, kept.prompt) == (date(2026, 11, 20), False, None)
        assert shared(installation) == []

    def test_sent_twice_it_is_one_entry(self, installation: Installation, anna: Traveller) -> None:
        form = uuid4()
        assert write(installation, anna, entry_id=form) == write(installation, anna, entry_id=form) == form
        assert count(installation) == 1

    def test_sent_at_once_by_two_it_is_one_entry(self, installation: Installation, anna: Traveller) -> None:
        form, start, results = uuid4(), threading.Barrier(4), []

        def send() -> None:
            start.wait()
            results.append(write(installation, anna, entry_id=form))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (results, count(installation)) == ([form] * 4, 1)

    def test_back_and_another_text_is_a_conflict_not_an_overwrite(
        self, installation: Installation, anna: Traveller
    ) -> None:
        form = write(installation, anna, "Först", entry_id=uuid4())
        with pytest.raises(EntryConflict) as caught:
            write(installation, anna, "Sedan", entry_id=form)
        assert caught.value.stored.text == "Först"
        assert only_entry(installation, anna).text == "Först"

    def test_what_cannot_be_kept_leaves_nothing(self, installation: Installation, anna: Traveller) -> None:
        with pytest.raises(BadEntry):
            write(installation, anna, "text\x00")
        with pytest.raises(BadEntry):
            write(installation, anna, "text", "", "2026-02-30")
        assert count(installation) == 0

    def test_newest_first(self, installation: Installation, anna: Traveller) -> None:
        for day in ("2026-11-03", "2026-11-19", "2026-10-30"):
            write(installation, anna, day, "", day)
        texts = [kept.text for kept in opened(installation, anna).entries]
        assert texts == ["2026-11-19", "2026-11-03", "2026-10-30"]


class TestPrompts:
    def test_a_prompt_is_open_until_written_from(self, installation: Installation, anna: Traveller) -> None:
        (prompt,) = opened(installation, anna).open_prompts
        assert (prompt.public_id, prompt.text) == (anna.prompt, PROMPT)
        assert prompt.occasion is not None
        assert prompt.occasion.title == "Resa till Leeds"
        write(installation, anna, prompt=anna.prompt)
        assert opened(installation, anna).open_prompts == ()
        assert only_entry(installation, anna).prompt == PROMPT

    def test_a_prompt_closes(self, installation: Installation, anna: Traveller) -> None:
        later = logbook.open_book(installation.database, anna.book, anna.token, NOW + timedelta(days=60))
        assert later.open_prompts == ()
        assert later.prompt(anna.prompt) is not None

    def test_a_withdrawn_prompt_is_gone_and_the_entry_is_free(
        self, installation: Installation, anna: Traveller
    ) -> None:
        with installation.database.transaction() as session:
            session.scalars(
                select(Invitation).where(Invitation.public_id == anna.prompt)
            ).one().withdrawn_at = NOW
        assert opened(installation, anna).prompts == ()
        write(installation, anna, prompt=anna.prompt)
        assert only_entry(installation, anna).prompt is None

    @pytest.mark.parametrize("prompt", ["nothing", "a\x00b", "x" * 500])
    def test_an_unknown_prompt_is_free_writing(
        self, installation: Installation, anna: Traveller, prompt: str
    ) -> None:
        write(installation, anna, prompt=prompt)
        assert only_entry(installation, anna).prompt is None

    def test_another_persons_prompt_is_not_ones_own(self, installation: Installation) -> None:
        anna, bo = travellers(installation, "Anna", "Bo")
        write(installation, anna, prompt=bo.prompt)
        assert only_entry(installation, anna).prompt is None
        assert len(opened(installation, bo).open_prompts) == 1

    def test_a_moved_closing_is_followed(self, installation: Installation, anna: Traveller) -> None:
        with installation.database.transaction() as session:
            session.scalars(select(Mailing)).one().closes_at = NOW
        assert opened(installation, anna).open_prompts == ()


class TestLastPlan:
    def test_the_previous_entrys_plan_is_quoted(self, installation: Installation, anna: Traveller) -> None:
        first = write(installation, anna, "Ett", "prova i Angered", "2026-11-01")
        second = write(installation, anna, "Två", "fråga Bo", "2026-11-10")
        book = opened(installation, anna)
        assert [found and found.plan for found in (book.plan_before(), book.plan_before(second))] == [
            "fråga Bo",
            "prova i Angered",
        ]
        assert book.plan_before(first) is None

    def test_a_previous_entry_without_plan_quotes_nothing(
        self, installation: Installation, anna: Traveller
    ) -> None:
        write(installation, anna, "Ett", "prova i Angered", "2026-11-01")
        write(installation, anna, "Två", "", "2026-11-10")
        assert opened(installation, anna).plan_before() is None


class TestChanging:
    def change(self, installation: Installation, who: Traveller, seen: EntryView, text: str) -> EntryView:
        return logbook.change_entry(
            installation.database, who.book, who.token, seen.id, entry(text), seen.revision, NOW
        )

    def test_a_change_is_kept(self, installation: Installation, anna: Traveller) -> None:
        write(installation, anna, "Ett")
        self.change(installation, anna, only_entry(installation, anna), "Två")
        assert only_entry(installation, anna).text == "Två"

    def test_two_tabs_do_not_overwrite_each_other(self, installation: Installation, anna: Traveller) -> None:
        write(installation, anna, "Ett")
        seen = only_entry(installation, anna)
        self.change(installation, anna, seen, "Från den ena")
        with pytest.raises(EntryConflict) as caught:
            self.change(installation, anna, seen, "Från den andra")
        assert caught.value.stored.text == "Från den ena"
        assert str(caught.value) == ""
        chosen = self.change(installation, anna, caught.value.stored, "Från den andra")
        assert chosen.text == only_entry(installation, anna).text == "Från den andra"

    def test_the_same_change_from_two_tabs_is_no_conflict(
        self, installation: Installation, anna: Traveller
    ) -> None:
        write(installation, anna, "Ett")
        seen = only_entry(installation, anna)
        self.change(installation, anna, seen, "Två")
        assert self.change(installation, anna, seen, "Två").text == "Två"

    def test_at_once_one_wins_and_the_other_is_told(
        self, installation: Installation, anna: Traveller
    ) -> None:
        write(installation, anna, "Ett")
        seen, start, told = only_entry(installation, anna), threading.Barrier(2), []

        def send(text: str) -> None:
            start.wait()
            try:
                self.change(installation, anna, seen, text)
            except EntryConflict:
                told.append(text)

        threads = [threading.Thread(target=send, args=(text,)) for text in ("A", "B")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted([*told, only_entry(installation, anna).text]) == ["A", "B"]

    def test_a_shared_entry_stays_shared(self, installation: Installation, anna: Traveller) -> None:
        write(installation, anna, "Ett")
        seen = only_entry(installation, anna)
        now_shared = logbook.share_entry(
            installation.database, anna.book, anna.token, seen.id, seen.revision, NOW
        )
        assert self.change(installation, anna, now_shared, "Två").shared
        assert [found.text for found in shared(installation)] == ["Två"]

    def test_private_words_from_a_tab_opened_before_sharing_are_not_shared(
        self, installation: Installation, anna: Traveller
    ) -> None:
        write(installation, anna, "Ett")
        seen = only_entry(installation, anna)
        logbook.share_entry(installation.database, anna.book, anna.token, seen.id, seen.revision, NOW)
        with pytest.raises(EntryConflict):
            self.change(installation, anna, seen, SECRET)
        assert SECRET not in str(shared(installation))

    def test_another_persons_entry_is_unknown(self, installation: Installation) -> None:
        anna, bo = travellers(installation, "Anna", "Bo")
        write(installation, anna)
        seen = only_entry(installation, anna)
        db = installation.database
        for attempt in (
            lambda: self.change(installation, bo, seen, "x"),
            lambda: logbook.share_entry(db, bo.book, bo.token, seen.id, seen.revision, NOW),
            lambda: logbook.unshare_entry(db, bo.book, bo.token, seen.id),
            lambda: write(installation, bo, entry_id=seen.id),
        ):
            with pytest.raises(UnknownEntry):
                attempt()
        logbook.remove_entry(db, bo.book, bo.token, seen.id)
        assert only_entry(installation, anna) == seen


class TestSharing:
    def share(self, installation: Installation, who: Traveller, seen: EntryView) -> EntryView:
        return logbook.share_entry(installation.database, who.book, who.token, seen.id, seen.revision, NOW)

    def test_shared_and_withdrawn_again(self, installation: Installation, anna: Traveller) -> None:
        write(installation, anna, "Till alla", "hemlig plan", prompt=anna.prompt)
        write(installation, anna, SECRET, "hemlig plan")
        seen = next(found for found in opened(installation, anna).entries if found.text == "Till alla")
        self.share(installation, anna, seen)
        (found,) = shared(installation)
        assert (found.text, found.work_group, found.prompt) == ("Till alla", "Grupp A", PROMPT)
        assert found.occasion is not None
        assert found.occasion.title == "Resa till Leeds"
        assert "hemlig plan" not in repr(found)
        logbook.unshare_entry(installation.database, anna.book, anna.token, seen.id)
        assert shared(installation) == []

    def test_twice_is_once(self, installation: Installation, anna: Traveller) -> None:
        write(installation, anna)
        seen = only_entry(installation, anna)
        self.share(installation, anna, seen)
        assert self.share(installation, anna, seen).shared
        logbook.unshare_entry(installation.database, anna.book, anna.token, seen.id)
        assert not logbook.unshare_entry(installation.database, anna.book, anna.token, seen.id).shared

    def test_nobody_shares_what_they_have_not_read(self, installation: Installation, anna: Traveller) -> None:
        write(installation, anna, "Ett")
        seen = only_entry(installation, anna)
        logbook.change_entry(
            installation.database, anna.book, anna.token, seen.id, entry(SECRET), seen.revision, NOW
        )
        with pytest.raises(EntryConflict):
            self.share(installation, anna, seen)
        assert shared(installation) == []

    def test_one_alias_a_person_and_never_a_name(self, installation: Installation) -> None:
        anna, bo = travellers(installation, "Anna Ek", "Bo Al")
        for who, day in ((anna, "2026-11-01"), (bo, "2026-11-02"), (anna, "2026-11-03")):
            written = write(installation, who, "Delat", "", day)
            self.share(installation, who, opened(installation, who).entry(written))
        found = shared(installation)
        assert [row.written_on.day for row in found] == [3, 2, 1]
        assert found[0].alias == found[2].alias != found[1].alias
        assert "Anna" not in repr(found)
        assert anna.book not in repr(found)

    def test_the_alias_does_not_open_the_answers(self, installation: Installation) -> None:
        key = installation.keys.pairing_key("enrolment")
        assert author_alias(installation.keys, "england", "enrolment") != installation.keys.alias(
            "england", key
        )

    def test_what_is_private_is_not_even_read(self, installation: Installation, anna: Traveller) -> None:
        write(installation, anna, SECRET)
        asked: list[str] = []
        event.listen(
            installation.database.engine,
            "before_cursor_execute",
            lambda _c, _cur, statement, *_rest: asked.append(statement),
        )
        assert shared(installation) == []
        (statement,) = [sql for sql in asked if "log_entry" in sql]
        assert "shared_at IS NOT NULL" in statement
        assert "plan" not in statement


class TestRemoving:
    def test_it_is_gone_and_twice_is_no_fault(self, installation: Installation, anna: Traveller) -> None:
        written = write(installation, anna)
        for _ in range(2):
            logbook.remove_entry(installation.database, anna.book, anna.token, written)
        assert opened(installation, anna).entries == ()
        with pytest.raises(UnknownEntry):
            logbook.change_entry(installation.database, anna.book, anna.token, written, entry("Ny"), 1, NOW)


def test_a_failing_database_does_not_tell_what_was_written(
    installation: Installation, anna: Traveller
) -> None:
    refuse_inserts(installation.database.engine)
    with pytest.raises(DBAPIError) as caught:
        write(installation, anna, SECRET)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


def refuse_inserts(engine: Engine) -> None:
    with engine.begin() as connection:
        # Writes of an unknown column: what a disk or a server in trouble looks like from here.
        connection.exec_driver_sql("ALTER TABLE log_entry RENAME COLUMN plan TO plans")
