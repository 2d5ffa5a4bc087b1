"""The tools of the tests do what the tests rely on."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import text

from surveys.database import Database
from surveys.installation import Installation
from tests.support import postgres
from tests.support.browser import PageMaker, assert_accessible, look
from tests.support.closing_lines import summary
from tests.support.installations import reserved_address, serving
from tests.support.network import NetworkForbidden
from tests.support.smtp import CERTIFICATE, SmtpSink

PAGE = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Sida</title></head>
<body><main><h1>Rubrik</h1>{}</main></body></html>"""


def mail(to: str = "a@b.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "från@b.example".replace("å", "a"), to, "Åka"
    message["Message-ID"] = "<1@b.example>"
    message.set_content("Hej på dig\n")
    return message


def test_databases_are_fresh_and_migrated(db: Database, database_kind: str) -> None:
    assert db.engine.dialect.name == database_kind
    with db.transaction() as session:
        session.execute(text("CREATE TABLE only_here (a integer)"))
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_databases_do_not_see_each_other(db: Database) -> None:
    with db.transaction() as session:
        session.execute(text("CREATE TABLE only_here (a integer)"))


def test_postgresql_answers_in_its_own_version(db: Database) -> None:
    if not db.is_sqlite:
        with db.reading() as session:
            shown = session.scalar(text("SHOW server_version"))
        assert str(shown).startswith(postgres.version())


def test_the_sink_records_what_it_takes(smtp_sink: SmtpSink) -> None:
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        client.send_message(mail())
    (received,) = smtp_sink.wait_for(1)
    assert received.recipients == ("a@b.example",)
    assert (received.text, received.message_id, received.message["Subject"]) == (
        "Hej på dig\n",
        "<1@b.example>",
        "Åka",
    )
    assert smtp_sink.to("c@b.example") == []


def test_the_sink_refuses_as_told_and_heals(smtp_sink: SmtpSink) -> None:
    smtp_sink.fail("rcpt", "550 5.1.1 unknown", recipient="c@b.example")
    smtp_sink.fail("data", "451 4.3.0 later", times=1)
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(mail("c@b.example"))
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            client.send_message(mail())
        client.send_message(mail())
        smtp_sink.heal()
        client.send_message(mail("c@b.example"))
    assert len(smtp_sink.messages) == 2


@pytest.mark.parametrize(("step", "kept"), [("mail", 0), ("data", 0), ("accepted", 1)])
def test_the_sink_drops_the_line(smtp_sink: SmtpSink, step: str, kept: int) -> None:
    smtp_sink.fail(step, None, times=1)
    with pytest.raises(smtplib.SMTPServerDisconnected), smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        client.send_message(mail())
    assert len(smtp_sink.messages) == kept
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        client.send_message(mail())
    assert len(smtp_sink.messages) == kept + 1


def test_the_sink_signs_in_over_tls(make_smtp_sink: Callable[..., SmtpSink]) -> None:
    sink = make_smtp_sink(tls=True, credentials=("anna", "secret"))
    distrusting = smtplib.SMTP("127.0.0.1", sink.port)
    with pytest.raises(ssl.SSLCertVerificationError):
        distrusting.starttls(context=ssl.create_default_context())
    distrusting.close()
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.starttls(context=ssl.create_default_context(cafile=str(CERTIFICATE)))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("anna", "fel")
        client.login("anna", "secret")
        client.send_message(mail())
    assert (sink.messages[0].encrypted, sink.messages[0].user) == (True, "anna")


def test_other_machines_are_out_of_reach(only_loopback: list[str]) -> None:
    with socket.socket() as stream, pytest.raises(NetworkForbidden):
        stream.connect(("192.0.2.1", 25))
    with socket.socket(type=socket.SOCK_DGRAM) as datagram, pytest.raises(NetworkForbidden):
        datagram.sendto(b"", ("192.0.2.2", 53))
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo("post.example", 25)
    assert only_loopback == ["192.0.2.1", "192.0.2.2", "post.example"]
    only_loopback.clear()


def test_a_real_server_answers_at_the_installations_address(
    live_server: str, sqlite_installation: Installation, page: Page
) -> None:
    assert live_server == sqlite_installation.settings.base_url
    response = page.goto(f"{live_server}/finns-inte")
    assert response is not None
    assert response.status == 404


@pytest.fixture
def static_page() -> Callable[[str, str], Flask]:
    def make(body: str, policy: str = "default-src 'self'") -> Flask:
        app = Flask("static page")
        app.add_url_rule("/", view_func=lambda: (PAGE.format(body), {"Content-Security-Policy": policy}))
        return app

    return make


def test_axe_runs_under_a_strict_policy_and_tells_what_is_wrong(
    static_page: Callable[..., Flask], page: Page
) -> None:
    with reserved_address() as listener, serving(static_page("<p>Text</p>"), listener) as address:
        page.goto(address)
        assert_accessible(page)
    with reserved_address() as listener, serving(static_page("<input>"), listener) as address:
        page.goto(address)
        with pytest.raises(AssertionError, match=r"label \(critical\)"):
            assert_accessible(page)


ON_A_PHONE, ON_A_SCREEN = "@media (max-width: 400px)", "@media (min-width: 1000px)"
SOUND = """<style>{}</style><label for="a"><span>Namn</span></label><input id="a">
<div><p>{}</p></div>"""
AT_ONE_WIDTH = {
    "nothing": ("p { margin: 0 }", None),
    "a label away on a phone": (ON_A_PHONE + " { span { display: none } }", r"label \(critical\)"),
    "a label away on a screen": (ON_A_SCREEN + " { span { display: none } }", r"label \(critical\)"),
    "scrolls in itself on a phone": (
        "div { overflow: auto } p { inline-size: 600px }",
        "scrollable-region-focusable",
    ),
    "scrolls in itself on a screen": (
        "div { overflow: auto } " + ON_A_SCREEN + " { p { inline-size: 3000px } }",
        "scrollable-region-focusable",
    ),
    "scrolls sideways on a phone": ("p { inline-size: 600px }", "320"),
    "too pale": ("p { color: #bbb }", "color-contrast"),
}


@pytest.mark.parametrize("case", AT_ONE_WIDTH)
def test_a_look_finds_what_is_wrong_at_one_width_only(
    static_page: Callable[..., Flask], page: Page, case: str
) -> None:
    styles, fault = AT_ONE_WIDTH[case]
    made = static_page(SOUND.format(styles, "Vad som helst " * 40), "style-src 'unsafe-inline'")
    with reserved_address() as listener, serving(made, listener) as address:
        page.goto(address)
        if fault is None:
            look(page)
        else:
            with pytest.raises(AssertionError, match=fault):
                look(page)


def test_pages_take_the_options_of_the_browser(
    static_page: Callable[..., Flask], new_page: PageMaker
) -> None:
    with reserved_address() as listener, serving(static_page("<p>Text</p>"), listener) as address:
        narrow = new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        narrow.goto(address)
        assert narrow.viewport_size == {"width": 390, "height": 844}
        assert narrow.get_by_role("heading").inner_text() == "Rubrik"


def test_the_closing_line_counts_what_passed() -> None:
    ran = [
        {},
        {"database": "sqlite"},
        {"database": "postgresql", "engine": "postgresql 17"},
        {"database": "sqlite", "browser": "Chromium 156"},
    ]
    assert summary(ran) == [
        "Följa: 4 passed, 2 on sqlite, 1 on postgresql 17, 1 in the browser (Chromium 156)"
    ]
    assert summary([]) == ["Följa: 0 passed, 0 on sqlite, 0 on postgresql, 0 in the browser"]
