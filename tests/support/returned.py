"""Mails as servers send them back: written by hand after what Postfix, Exchange and others write."""

from textwrap import dedent

BOUNDARY = "=_back"


def report(
    to: str,
    receiver: str,
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "smtp; 550 5.1.1 User unknown",
    link: str = "",
) -> bytes:
    """A delivery status by RFC 3464, with the returned mail behind it."""
    return _lines(f"""\
        Return-Path: <>
        From: MAILER-DAEMON@mx.folja.example (Mail Delivery System)
        To: {to}
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="{BOUNDARY}"

        --{BOUNDARY}
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        Ditt brev kunde inte lämnas. Så här stod det: {link}

        --{BOUNDARY}
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.folja.example

        Final-Recipient: rfc822; {receiver}
        Action: {action}
        Status: {status}
        Diagnostic-Code: {diagnostic}

        --{BOUNDARY}
        Content-Type: message/rfc822

        From: kurs@folja.example
        To: {receiver}
        Subject: Hemligt ämne

        Svara här: https://folja.example/s/hemlig-lank
        --{BOUNDARY}--
        """)


def plain_bounce(to: str, receiver: str) -> bytes:
    """What qmail writes: no report, but words that Mailman knows."""
    return _lines(f"""\
        From: MAILER-DAEMON@mx.folja.example
        To: {to}
        Subject: failure notice

        Hi. This is the qmail-send program at mx.folja.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <{receiver}>:
        Sorry, no mailbox here by that name. (#5.1.1)

        --- Below this line is a copy of the message.

        Svara här: https://folja.example/s/hemlig-lank
        """)


def out_of_office(to: str, header: str = "Auto-Submitted: auto-replied") -> bytes:
    return _lines(f"""\
        From: Anna Ek <anna@ort.example>
        To: {to}
        Subject: =?utf-8?q?Fr=C3=A5nvarande?=
        {header}
        Content-Type: text/plain; charset=utf-8

        Jag är tillbaka på måndag.
        """)


def answer(to: str) -> bytes:
    """What a person wrote who pressed Reply where it leads to the return address."""
    return out_of_office(to, "X-Mailer: post")


def complaint(to: str) -> bytes:
    """An abuse report by RFC 5965."""
    return _lines(f"""\
        From: feedback@big.example
        To: {to}
        Subject: abuse
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="{BOUNDARY}"

        --{BOUNDARY}
        Content-Type: text/plain

        This is an email abuse report.

        --{BOUNDARY}
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Big/1.0
        Version: 1

        --{BOUNDARY}--
        """)


def _lines(text: str) -> bytes:
    return dedent(text).encode().replace(b"\n", b"\r\n")
