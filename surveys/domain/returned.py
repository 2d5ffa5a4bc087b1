"""What the answer of a mail server says of an address."""

import re

# RFC 3463: class.subject.detail; not a part of an address of the network
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"^\s*([245]\d\d)\b")
ADDRESS, POLICY = "1", "7"
OF_SENDER = frozenset({"5.1.7", "5.1.8"})
NO_SUCH_RECEIVER = frozenset({"550", "551", "553"})


def status_in(text: str) -> str | None:
    """The first enhanced status code in a text, such as ``5.1.1``."""
    found = _STATUS.search(text)
    return found.group(0) if found else None


def stops_address(said: str, of_receiver: bool) -> bool:
    """Whether no more should be sent to an address, by what a server ``said`` that refused a mail for good.

    By an enhanced code that says so, or by the code of the answer where the refusal was ``of_receiver``:
    given when the address was named. What is said of the text (554 for junk), of who sends (5.1.7, 5.1.8) or
    of a policy (5.7.x) is not about the address.
    """
    found = _STATUS.search(said)
    if found and (found.group(2) == POLICY or found.group(0) in OF_SENDER):
        return False
    if found and found.group(1) == "5" and found.group(2) == ADDRESS:
        return True
    code = _CODE.match(said)
    return of_receiver and code is not None and code.group(1) in NO_SUCH_RECEIVER
