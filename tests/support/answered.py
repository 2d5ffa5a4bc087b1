"""A series with answers in it, row by row: what results and exports are counted from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from surveys.answers import text_index
from surveys.domain.questionnaire import digest, parse
from surveys.domain.timing import to_wall
from surveys.keys import Keyring, new_public_id, token_hash
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series, Theme
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response
from surveys.queries.results import key
from tests.support.books import PRIVACY, ZONE
from tests.support.forms import DEGREE, local

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AFTER: dict[str, Any] = {
    "title": local("Efter halvdagen"),
    "minutes": 2,
    "questions": [
        {"code": "new", "kind": "scale", "each": "theme", "scale": DEGREE, "text": local("Nytt om {theme}?")},
        {
            "code": "overall",
            "kind": "scale",
            "scale": DEGREE,
            "dont_know": True,
            "text": local("Hur nyttigt var det?"),
        },
        {"code": "words", "kind": "words", "text": local("Tre ord")},
        {"code": "more", "kind": "long_text", "text": local("Något mer?")},
    ],
}
OVERALL: dict[str, Any] = {**AFTER, "questions": [AFTER["questions"][1]]}


def one_question(**question: Any) -> dict[str, Any]:
    """A questionnaire of the one question ``q``."""
    return {**AFTER, "questions": [{"code": "q", "text": local("Fråga"), **question}]}


def spread(code: str, *counts: int) -> list[dict[str, str]]:
    """Answers to one question: ``counts`` of "1", "2" and so on; the last beyond four points is "vet ej"."""
    points = ("1", "2", "3", "4", "dk")
    return [{code: point} for point, count in zip(points, counts, strict=False) for _ in range(count)]


@dataclass
class Answering:
    """The project *prov* with the series *kurs*; add to it inside ``db.transaction()``."""

    session: Session
    keys: Keyring
    decimals: int = 1
    minimum_group: int = 5
    attendance_kept: bool = True
    response_rows: bool = False
    told_by: list[str] | None = None
    persons: list[Enrolment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.project = Project(
            code="prov",
            title="Prov",
            timezone=ZONE,
            languages=["sv", "en"],
            sender_name="Prov",
            reply_to="fragor@prov.example",
            decimals=self.decimals,
            minimum_group=self.minimum_group,
            privacy=PRIVACY,
        )
        self.series = Series(
            project=self.project,
            code="kurs",
            title="Kursen",
            audience="alla",
            attendance_kept=self.attendance_kept,
            response_rows=self.response_rows,
            told_by=self.told_by,
            position=1,
        )
        self.session.add_all([self.project, self.series])
        self.session.flush()
        self._rules = 0

    def people(self, how_many: int, **changes: Any) -> list[Enrolment]:
        """Enrol more participants."""
        added = []
        for number in range(len(self.persons), len(self.persons) + how_many):
            participant = Participant(
                project_id=self.project.id,
                code=f"p{number}",
                name=f"Namn{number} Efternamn",
                email=f"p{number}@prov.example",
                gender="woman",
                language="sv",
                attributes={},
            )
            enrolment = Enrolment(
                public_id=new_public_id(),
                series_id=self.series.id,
                participant=participant,
                registered_at=NOW - timedelta(days=400),
                added_at=NOW - timedelta(days=400),
                **{"state": "started", "work_group": None, **changes},
            )
            added.append(enrolment)
        self.session.add_all(added)
        self.session.flush()
        self.persons += added
        return added

    def occasion(self, code: str, *themes: str, present: int = 0, **changes: Any) -> Occasion:
        """Hold an occasion 200 days ago, one more day later each, with ``themes`` A, B …"""
        number = len(self.series.occasions) + 1
        ends = NOW - timedelta(days=200 - number)
        occasion = Occasion(
            series=self.series,
            code=code,
            number=number,
            position=number,
            title=f"Tillfälle {number}",
            timezone=ZONE,
            starts_at=ends - timedelta(hours=3),
            ends_at=ends,
            starts_wall=to_wall(ends - timedelta(hours=3), ZONE),
            ends_wall=to_wall(ends, ZONE),
            themes=[Theme(code=letter, title=title) for letter, title in zip("ABC", themes, strict=False)],
            **{"kind": "session", "measured": True, **changes},
        )
        self.session.add(occasion)
        self.session.flush()
        self.session.add_all(
            Attendance(occasion_id=occasion.id, enrolment_id=each.id, present=True)
            for each in self.persons[:present]
        )
        self.session.flush()
        return occasion

    def questionnaire(
        self, content: dict[str, Any] = AFTER, code: str = "efter", wave: str = "occasion", **changes: Any
    ) -> Questionnaire:
        questionnaire = Questionnaire(
            project=self.project,
            code=code,
            wave=wave,
            position=1,
            **{"privacy_mode": "pseudonymous", **changes},
        )
        self.session.add(questionnaire)
        self.session.flush()
        self.version(questionnaire, content)
        return questionnaire

    def version(self, questionnaire: Questionnaire, content: dict[str, Any]) -> QuestionnaireVersion:
        version = QuestionnaireVersion(
            questionnaire=questionnaire,
            number=len(questionnaire.versions) + 1,
            content=content,
            digest=digest(content),
        )
        self.session.add(version)
        self.session.flush()
        return version

    def rule(
        self, questionnaire: Questionnaire, code: str = "efter", anchor: str = "occasion_end"
    ) -> FollowUpRule:
        self._rules += 1
        rule = FollowUpRule(
            series=self.series,
            code=code,
            position=self._rules,
            questionnaire=questionnaire,
            anchor=anchor,
            offset_days=0,
            offset_minutes=120,
            audience="everyone",
            reminder_days=[],
            close_after_days=14,
            active=True,
        )
        self.session.add(rule)
        self.session.flush()
        return rule

    def mailing(
        self,
        rule: FollowUpRule,
        occasion: Occasion | None = None,
        closes_in: timedelta = timedelta(days=-1),
        **changes: Any,
    ) -> Mailing:
        """The first mail of a measurement; closed yesterday unless ``closes_in`` says otherwise."""
        closes = NOW + closes_in
        mailing = Mailing(
            rule=rule,
            occasion=occasion,
            step=0,
            intended_at=closes - timedelta(days=14),
            due_at=closes - timedelta(days=14),
            due_wall=to_wall(closes - timedelta(days=14), ZONE),
            timezone=ZONE,
            closes_at=closes,
            **{
                "state": "expanded",
                "target": f"occasion:{occasion.id}" if occasion else "series",
                **changes,
            },
        )
        self.session.add(mailing)
        self.session.flush()
        return mailing

    def ask(
        self, mailing: Mailing, how_many: int, state: str | None = "sent", **changes: Any
    ) -> list[Invitation]:
        """Invite the next persons who have not been, with a mail each in ``state`` (None: no mail)."""
        asked = self.session.query(Invitation).filter_by(mailing_id=mailing.id).count()
        if len(self.persons) < asked + how_many:
            self.people(asked + how_many - len(self.persons))
        invitations = []
        for person in self.persons[asked : asked + how_many]:
            public_id = new_public_id()
            invitations.append(
                Invitation(
                    public_id=public_id,
                    rule_id=mailing.rule_id,
                    target=mailing.target,
                    mailing_id=mailing.id,
                    enrolment_id=person.id,
                    token_hash=token_hash(self.keys.link_token(public_id, 1)),
                    created_at=NOW,
                    **changes,
                )
            )
        self.session.add_all(invitations)
        self.session.flush()
        if state is not None:
            self.session.add_all(self.mail(mailing, invitation, state) for invitation in invitations)
            self.session.flush()
        return invitations

    def mail(
        self, mailing: Mailing, invitation: Invitation, state: str, kind: str = "invitation", step: int = 0
    ) -> Message:
        """A mail about an invitation, not yet in the session."""
        return Message(
            public_id=new_public_id(),
            invitation_id=invitation.id,
            enrolment_id=invitation.enrolment_id,
            mailing_id=mailing.id,
            kind=kind,
            step=step,
            state=state,
            next_attempt_at=NOW,
            attempts=0 if state == "due" else 1,
        )

    def answer(
        self,
        mailing: Mailing,
        answers: Sequence[dict[str, Any] | None],
        version: QuestionnaireVersion | None = None,
        background: dict[str, str] | Sequence[dict[str, str]] = {},  # noqa: B006
        languages: Sequence[str] = (),
        submitted_at: datetime = NOW - timedelta(days=100),
    ) -> list[Response]:
        """Let the invited answer, the first first; None has begun and not sent in."""
        questionnaire = mailing.rule.questionnaire
        assert questionnaire is not None
        done = self.session.query(Response).filter_by(rule_id=mailing.rule_id, target=mailing.target).count()
        invited = (
            self.session.query(Invitation).filter_by(mailing_id=mailing.id).order_by(Invitation.id).all()
        )
        named = questionnaire.privacy_mode == "named"
        responses = []
        for number, (given, invitation) in enumerate(zip(answers, invited[done:], strict=False)):
            responses.append(
                Response(
                    rule_id=mailing.rule_id,
                    target=mailing.target,
                    version_id=(version or questionnaire.versions[-1]).id,
                    privacy_mode=questionnaire.privacy_mode,
                    response_key=self.keys.response_key(invitation.public_id),
                    pairing_key=self.keys.pairing_key(invitation.enrolment.public_id),
                    enrolment_id=invitation.enrolment_id if named else None,
                    language=languages[number] if languages else "sv",
                    background=background if isinstance(background, dict) else background[number],
                    answers=given,
                    draft={} if given is None else None,
                    started_at=submitted_at,
                    saved_at=submitted_at,
                    submitted_at=None if given is None else submitted_at,
                )
            )
        assert len(responses) == len(answers), "more answers than invited"
        self.session.add_all(responses)
        self.session.flush()
        self._index(responses)
        return responses

    def _index(self, responses: Sequence[Response]) -> None:
        """What sending in does: the texts are found from then on."""
        for each in responses:
            place, form = key(each.rule_id, each.target), parse(each.version.content)
            connection = self.session.connection()
            text_index.write(connection, each.id, place, each.version_id, form, each.answers or {})

    def measured(
        self,
        answers: Sequence[dict[str, Any] | None],
        content: dict[str, Any] = OVERALL,
        invited: int | None = None,
        **mailing: Any,
    ) -> Mailing:
        """A whole measurement after an occasion, in one line."""
        number = len(self.series.occasions) + 1
        rule = self.rule(self.questionnaire(content, code=f"efter{number}"), code=f"efter{number}")
        sent = self.mailing(rule, self.occasion(f"t{number}"), **mailing)
        self.ask(sent, len(answers) if invited is None else invited)
        self.answer(sent, answers)
        return sent
