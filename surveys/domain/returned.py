"""What the answer of a mail server says of an address."""

import re

# RFC 3463: class.subject.detail; not a part of an address of the network
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"^\s*([245]\d\d)\b")
# Written into a report for want of a code
UNSAID = "5.0.0"
OF_ADDRESS = "5.1."
OF_SENDER = frozenset({"5.1.7", "5.1.8"})
NO_SUCH_RECEIVER = frozenset({"550", "551", "553"})
_ELSE = re.compile(
    r"block|black|spam|gr[ea]y-?list|policy|rcpthosts|relay|quota|\bfull\b|temporar", re.IGNORECASE
)


def status_in(text: str) -> str | None:
    """The first enhanced status code in a text, such as ``5.1.1``."""
    found = _STATUS.search(text)
    return found.group(0) if found else None


def stops_address(said: str, of_receiver: bool) -> bool:
    """Whether no more should be sent to an address, by what a server ``said`` that refused a mail for good.

    By the enhanced code where there is one: of the address, and not of who sends (5.1.7, 5.1.8). Else by the
    code of the answer, where the refusal was ``of_receiver``, given when the address was named, and its words
    are not of something else: a blocklist, a policy, a mailbox that is full. When in doubt the mails go on.
    """
    status = status_in(said)
    if status is not None and status != UNSAID:
        return status.startswith(OF_ADDRESS) and status not in OF_SENDER
    code = _CODE.match(said)
    names_receiver = of_receiver and code is not None and code.group(1) in NO_SUCH_RECEIVER
    return names_receiver and _ELSE.search(said) is None
