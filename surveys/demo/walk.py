"""Plays the past through the product: plans, sends, answers and writes, moment after moment."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from surveys.answers import logbook, responses
from surveys.answers.filled import FilledForm
from surveys.demo import texts
from surveys.demo.answers import Asked, Sheet, answers
from surveys.demo.figures import Figures
from surveys.domain import timing
from surveys.domain.questionnaire import fields_of
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.deliver import MailboxTransport
from surveys.mail.mailbox import Mailbox
from surveys.mail.office import Office
from surveys.outbox.dispatching import Dispatch
from surveys.queries import demo as queries
from surveys.queries.demo import FirstMailing, Invited

# Most answer at once, some after each reminder: the share of those who answer in each stretch of time.
STRETCHES = (0.7, 0.2, 0.1)
ZONE = "Europe/Stockholm"

Progress = Callable[[int, int], None]  # mailings done, of how many


@dataclass
class Walk:
    """The past of one installation; mails go to ``mailbox`` and never to a mail server."""

    installation: Installation
    figures: Figures
    mailbox: Mailbox
    progress: Progress
    _events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)
    _now: datetime | None = None

    def go(self, until: datetime) -> None:
        """Do everything that was due, answered and written up to ``until``."""
        office = Office(self.installation.settings)
        transport = MailboxTransport(self.mailbox)
        dispatch = Dispatch(self.installation, office, transport, "demo", self._clock, lambda: 0.5)
        with self.installation.database.reading() as session:
            total, done = queries.mailings_until(session, until), 0
        due = self._next_due()
        while True:
            self._now = min([moment for moment in (due, self._next_event()) if moment], default=None)
            if self._now is None or self._now > until:
                return
            if self._now == self._next_event():
                heapq.heappop(self._events)[2](self._now)
                continue
            done += self._send(dispatch)
            self.progress(done, total)
            due = self._next_due()

    def _clock(self) -> datetime:
        if self._now is None:
            raise ValueError("the walk has not begun")
        return self._now

    def _next_event(self) -> datetime | None:
        return self._events[0][0] if self._events else None

    def _next_due(self) -> datetime | None:
        with self.installation.database.reading() as session:
            return queries.next_due_at(session)

    def _at(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._number), act))

    def _send(self, dispatch: Dispatch) -> int:
        """Plan and send what is due now; return how many mailings that were."""
        now, number = self._clock(), 0
        while planning.expand_next(self.installation.database, self.installation.keys, now):
            number += 1
        while dispatch.one() is not None:
            pass
        with self.installation.database.reading() as session:
            mailings = [(row, queries.invited(session, row.id)) for row in queries.asked_at(session, now)]
        for mailing, invited in mailings:
            self._expect_answers(mailing, invited)
            self._expect_entries(mailing, invited)
        return number

    def _expect_answers(self, mailing: FirstMailing, invited: list[Invited]) -> None:
        asked = Asked(mailing.series, mailing.rule, mailing.occasion)
        sheets, rng = answers(asked, self.figures), asked.rng()
        for person, sheet in zip(rng.sample(invited, len(sheets)), sheets, strict=True):
            self._at(_moment(mailing, rng), self._answer(person, sheet))

    def _answer(self, person: Invited, sheet: Sheet) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            db, keys = self.installation.database, self.installation.keys
            token = keys.link_token(person.public_id, person.generation)
            view = responses.open_form(db, keys, responses.open_link(db, token), token, now)
            raw = fields_of(view.form, sheet)
            filled = FilledForm(fields=raw, language=person.language, submit=True, edition=view.edition)
            responses.save(db, keys, view.public_id, token, filled, now)

        return act

    def _expect_entries(self, mailing: FirstMailing, invited: list[Invited]) -> None:
        if (mailing.series, mailing.rule) != ("england", "logg"):
            return
        people = {person.participant: person for person in invited}
        for written in texts.LOGS.get(mailing.occasion, ()):
            moment = mailing.due_at + timedelta(hours=written.hours)
            self._at(moment, self._write(people[written.writer], written))

    def _write(self, person: Invited, written: texts.Written) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            db = self.installation.database
            book, generation = person.book or "", person.book_generation or 1
            token = self.installation.keys.link_token(book, generation)
            day = timing.to_wall(now, ZONE).date().isoformat()
            raw = {"written_on": day, "text": written.text, "plan": written.plan}
            prompt = person.public_id if written.prompted else None
            entry = logbook.write_entry(db, book, token, raw, now, prompt=prompt)
            if written.shared:
                logbook.share_entry(db, book, token, entry, 1, now)

        return act


def _moment(mailing: FirstMailing, rng: Random) -> datetime:
    """Draw when somebody answers: at once, after a reminder, or late, and always before closing."""
    reminders = [mailing.due_at + timedelta(days=days) for days in mailing.reminder_days]
    bounds = [mailing.due_at, *reminders, mailing.closes_at]
    weights = STRETCHES[: len(bounds) - 1]
    stretch = rng.choices(range(len(weights)), weights)[0]
    begins, ends = bounds[stretch], bounds[stretch + 1]
    # Squared: sooner after a mail rather than later; whole seconds, as a clock has them.
    seconds = int((ends - begins).total_seconds() * (0.01 + 0.98 * rng.random() ** 2))
    return begins + timedelta(seconds=seconds)
