"""Why something cannot be done with a mailing or a mail; told apart by a stable ``code``."""


class ActError(Exception):
    """Something that cannot be done with a mailing or a mail; ``code`` is stable."""

    code = "act"


class UnknownMailing(ActError):
    code = "unknown_mailing"


class UnknownMessage(ActError):
    code = "unknown_message"


class UnknownPerson(ActError):
    """Nobody with that code is enrolled in the series."""

    code = "unknown_person"


class AlreadySent(ActError):
    """All its mails have left, or are just leaving."""

    code = "already_sent"


class Closed(ActError):
    """It cannot be answered any more."""

    code = "closed"


class NotPlanned(ActError):
    """It has been cancelled or skipped, so there is nothing to send or skip."""

    code = "not_planned"


class NoAttendance(ActError):
    """It goes to those present, and nobody's presence has been written down."""

    code = "no_attendance"


class NotSkipped(ActError):
    """It was not skipped by anybody."""

    code = "not_skipped"


class NotDeferred(ActError):
    """It does not wait for the end of quiet hours."""

    code = "not_deferred"


class AlreadyWaiting(ActError):
    """The same mail is on its way already."""

    code = "already_waiting"


class LinkWithdrawn(ActError):
    code = "withdrawn"


class EnrolmentEnded(ActError):
    code = "enrolment_ended"


class AddressDead(ActError):
    """Mail to the address has come back."""

    code = "address_dead"
