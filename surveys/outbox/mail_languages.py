"""In which languages a mailing goes, as things are now: to how many, and what each of them lacks.

A mail takes its texts at the moment when it goes, so what is written before then is in it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from surveys.catalogues import language_of
from surveys.domain.translating import missing
from surveys.models.followup import FollowUpRule, Mailing
from surveys.outbox.letters import FORM_KINDS, LOG_KINDS
from surveys.queries import mail_texts

Words = Literal["own", "ours", "ours_for_own", "default"]


@dataclass(frozen=True, slots=True)
class MailLanguage:
    """The mails of a mailing in one ``language``.

    ``others`` of its ``receivers`` read a language that is none of the project's, and get it instead. The
    ``words`` of the mail are the project's own, ours, ours although the project has worded them in another
    language, or Swedish, since there are none in this one. ``lacks``: so many texts of what is asked are
    shown in another language.
    """

    language: str
    receivers: int
    others: int
    words: Words
    lacks: int


def spread(session: Session, mailing: Mailing, readers: Iterable[str]) -> list[MailLanguage]:
    """One of each language, in the project's order; ``readers``: the languages of those who get it."""
    languages = mailing.rule.series.project.languages
    goes_in = [(each, mail_language(each, languages)) for each in readers]
    counts = Counter(language for _own, language in goes_in)
    others = Counter(language for own, language in goes_in if own != language)
    return [
        MailLanguage(
            language=each,
            receivers=counts[each],
            others=others[each],
            words=_words(session, mailing, each),
            lacks=_lacks(mailing.rule, each),
        )
        for each in languages
        if counts[each]
    ]


def mail_language(language: str, languages: list[str]) -> str:
    """The language of a mail to whoever reads ``language``: the project's first, where it is none of its."""
    return language if language in languages else languages[0]


def _words(session: Session, mailing: Mailing, language: str) -> Words:
    rule = mailing.rule
    kind = (FORM_KINDS if rule.log_prompt is None else LOG_KINDS)[1 if mailing.step else 0]
    own = {
        each.language for each in mail_texts.own_texts(session, rule.series.project_id) if each.kind == kind
    }
    if language in own:
        return "own"
    if language_of(language).scope == "none":
        return "default"
    return "ours_for_own" if own else "ours"


def _lacks(rule: FollowUpRule, language: str) -> int:
    if rule.log_prompt is not None:
        return int(not rule.log_prompt.get(language))
    version = rule.questionnaire.in_use if rule.questionnaire else None
    return missing(version.content, [language]).get(language, 0) if version else 0
