"""Whether the domain that mail is sent from says so in DNS.

SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dns.exception
import dns.resolver

TIMEOUT_SECONDS = 5.0
# RFC 2606 and 6761: nobody answers for these.
RESERVED = ("example", "test", "invalid", "localhost", "local")


@dataclass(frozen=True)
class Record:
    """``what`` is SPF, DKIM or DMARC; ``state`` there, missing, unasked (no resolver answers) or not_set."""

    what: str
    state: str
    name: str
    text: str = ""


def look_up(domain: str, selector: str, nameserver: tuple[str, int] | None = None) -> Iterator[Record]:
    """Ask for the three records of ``domain``; ``nameserver`` (address, port) else the machine's own.

    Yields nothing for a domain that is reserved for examples. ``selector`` names the DKIM key; without one
    DKIM is ``not_set``.
    """
    if domain.rpartition(".")[2].lower() in RESERVED:
        return
    ask = _asker(nameserver)
    yield _found("SPF", ask, domain, "v=spf1")
    if selector:
        yield _found("DKIM", ask, f"{selector}._domainkey.{domain}", "p=")
    else:
        yield Record("DKIM", "not_set", domain)
    own = _found("DMARC", ask, f"_dmarc.{domain}", "v=DMARC1")
    parent = domain.partition(".")[2]
    # The record of the organisation's domain holds where a domain below has none of its own.
    yield (
        _found("DMARC", ask, f"_dmarc.{parent}", "v=DMARC1")
        if own.state == "missing" and "." in parent
        else own
    )


Ask = Callable[[str], list[str]]


def _asker(nameserver: tuple[str, int] | None) -> Ask:
    try:
        resolver = dns.resolver.Resolver(configure=nameserver is None)
    except dns.resolver.NoResolverConfiguration:
        return _nobody
    if nameserver is not None:
        resolver.nameservers, resolver.port = [nameserver[0]], nameserver[1]
    resolver.lifetime = TIMEOUT_SECONDS

    def ask(name: str) -> list[str]:
        try:
            answer = resolver.resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        return [b"".join(each.strings).decode("utf-8", "replace") for each in answer]

    return ask


def _nobody(_name: str) -> list[str]:
    raise dns.exception.Timeout


def _found(what: str, ask: Ask, name: str, mark: str) -> Record:
    try:
        texts = [text for text in ask(name) if mark.lower() in text.lower()]
    except (dns.exception.DNSException, OSError):
        return Record(what, "unasked", name)
    return Record(what, "there" if texts else "missing", name, texts[0][:200] if texts else "")
