"""What a status code says of an address."""

import re

# RFC 3463: class.subject.detail
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CODE = re.compile(r"^\s*([245]\d\d)\b")
POLICY = "7"  # "security or policy": about who sends and what, not about the address


def status_in(text: str) -> str | None:
    """The first enhanced status code in a text, such as ``5.1.1``; of a bare SMTP code ``5.0.0``."""
    if found := _STATUS.search(text):
        return found.group(0)
    if found := _CODE.match(text):
        return f"{found.group(1)[0]}.0.0"
    return None


def stops_address(status: str | None) -> bool:
    """Whether nothing more should be sent to the address: it failed for good, and not by a policy.

    A server that takes mails from us for junk (5.7.x) says so of everybody's address.
    """
    found = _STATUS.fullmatch(status or "")
    return bool(found) and found.group(1) == "5" and found.group(2) != POLICY  # type: ignore[union-attr]
