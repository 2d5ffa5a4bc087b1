"""What becomes of the deeds done to something that is removed."""

from sqlalchemy import Integer, case, cast, exists, func, literal, update
from sqlalchemy.orm import Session

from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.indicator import Indicator
from surveys.models.outside import OutsideTable
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Series
from surveys.models.questionnaire import LibraryScale, Questionnaire
from surveys.models.report import Report

_KINDS = {
    "series": Series.id,
    "occasion": Occasion.id,
    "rule": FollowUpRule.id,
    "mailing": Mailing.id,
    "enrolment": Enrolment.id,
    "participant": Participant.id,
    "questionnaire": Questionnaire.id,
    "scale": LibraryScale.id,
    "indicator": Indicator.id,
    "outside": OutsideTable.id,
    "outside_answers": OutsideAnswers.id,
    "report": Report.id,
}


def let_go(session: Session, *kinds: str) -> None:
    """Where what a deed was done to is not there any more, ``mailing:12`` becomes ``gone:mailing:12``.

    SQLite gives the number of what was last to the next. Call it right after things of ``kinds`` have been
    removed, in the same transaction and before others are made.
    """
    session.flush()
    for kind in kinds:
        of_kind = Deed.subject.startswith(f"{kind}:")
        number = case((of_kind, cast(func.substr(Deed.subject, len(kind) + 2), Integer)))
        orphaned = of_kind & ~exists().where(_KINDS[kind] == number)
        values = update(Deed).where(orphaned).values(subject=literal("gone:").concat(Deed.subject))
        session.execute(values.execution_options(synchronize_session=False))
