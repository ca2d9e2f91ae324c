"""A digest is sent by SMTP to whom the recipe names, once, and what could not be sent is sent by the next."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from click.testing import Result

from harvest.mailbox import mailbox
from tests.publish.digests import BIPOLAR, MEMORY, PAIN, body, following, parsed, record
from tests.tracker import Tracker

SECRET = "canary-password"
READERS = ("reader@example.org", "other@example.org")


@dataclass
class Server:
    """A mail server: what it was given, and what it answers."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refused: Sequence[str] = ()
    answer: str = "250 taken"

    async def handle_RCPT(self, _: SMTP, __: object, envelope: Envelope, address: str, ___: object) -> str:
        if address in self.refused:
            return f"550 nobody is called {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: object, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    def log_in(self, _: SMTP, __: object, ___: object, ____: str, given: LoginPassword) -> AuthResult:
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == SECRET.encode(), handled=False)

    @property
    def messages(self) -> list[EmailMessage]:
        """What it took, as its readers get it."""
        contents = [envelope.content for envelope in self.envelopes]
        return [parsed(content) for content in contents if isinstance(content, bytes)]


@contextmanager
def serving(**options: Any) -> Iterator[Server]:
    """A mail server on a free port of the loopback address."""
    server = Server(free_port())
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        authenticator=server.log_in,
        auth_require_tls=False,
        **options,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture
def server() -> Iterator[Server]:
    """A mail server that asks for no password."""
    with serving() as running:
        yield running


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """A home that holds the invented records."""
    with following(tmp_path, monkeypatch) as tracker:
        yield tracker


def write_to(tracker: Tracker, port: int, *lines: str, to: Sequence[str] = READERS[:1], security: str = "none") -> None:
    """Have the recipe name a server on this machine; further lines stand before the others."""
    usual = [f"port = {port}", f'security = "{security}"', f"to = {json.dumps(to)}"]
    sender = [] if any(line.startswith("from") for line in lines) else ['from = "tracker@example.org"']
    text = "\n".join(["[mail]", 'host = "127.0.0.1"', *usual, *sender, *lines])
    tracker.set_limit("[digest]\n", f"{text}\n\n[digest]\n")


def send(tracker: Tracker) -> Result:
    return tracker.harvest("digest", "--since", "7d", "--send")


def failure(result: Result) -> str:
    """The one line by which a failure is told."""
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1), result.output
    return str(result.stderr)


def pmids(message: EmailMessage) -> set[int]:
    """The studies that a message leads to, the same in both of its forms."""
    forms = (body(message, kind) for kind in ("plain", "html"))
    plain, page = ({int(pmid) for pmid in re.findall(r"nlm\.nih\.gov/(\d+)/", form)} for form in forms)
    assert plain == page
    return plain


# What is sent


def test_a_digest_is_sent_once_and_in_silence(tracker: Tracker, server: Server) -> None:
    """To the reader whom the recipe names; where nothing came since, no message goes out."""
    write_to(tracker, server.port)
    for _ in range(2):
        assert (send(tracker).exit_code, send(tracker).output) == (0, "")
    [envelope], [message] = server.envelopes, server.messages
    assert (envelope.mail_from, envelope.rcpt_tos) == ("tracker@example.org", ["reader@example.org"])
    assert pmids(message) == {PAIN, MEMORY, BIPOLAR}
    assert tracker.harvest("digest").output == ""


def test_a_message_is_what_mail_programs_expect(tracker: Tracker, server: Server) -> None:
    """Plain text and HTML as alternatives, and the headers of a list; no host name of this machine in any."""
    write_to(tracker, server.port)
    send(tracker)
    [message] = server.messages
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["From"] == "Ketamine literature tracker <tracker@example.org>"
    assert message["To"] == "reader@example.org"
    assert message["Subject"] == "[Sample data] Ketamine literature tracker: 3 new studies"
    assert message["List-Id"] == "<digest.ketamine.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.org>")
    assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=5)
    assert socket.gethostname() not in str(message.items())


def test_two_messages_are_told_apart(tracker: Tracker, server: Server) -> None:
    """Each has an identity of its own."""
    write_to(tracker, server.port)
    send(tracker)
    add_study(tracker)
    send(tracker)
    assert len({message["Message-ID"] for message in server.messages}) == 2


def test_readers_do_not_see_each_other(tracker: Tracker, server: Server) -> None:
    """All get the message, none is named in it."""
    write_to(tracker, server.port, to=READERS)
    send(tracker)
    assert server.envelopes[0].rcpt_tos == list(READERS)
    assert not [reader for reader in READERS if reader in str(server.messages[0])]
    assert str(server.messages[0]["To"]) == "undisclosed-recipients:;"


def test_names_may_be_in_any_script(tracker: Tracker, server: Server) -> None:
    """Of the sender, of the reader and of the tracker; the headers travel in ASCII."""
    tracker.set_limit("Ketamine literature tracker", "Kétamine – 文献 🧪\\u000d\\u000aBcc: evil@example.org")
    sender, reader = "Überblick, Käthe", "Читатель"
    write_to(
        tracker, server.port, f"""from = '"{sender}" <tracker@example.org>'""", to=[f"{reader} <reader@example.org>"]
    )
    assert send(tracker).output == ""
    [message] = server.messages
    assert message["From"].addresses[0].display_name == sender
    assert message["To"].addresses[0].display_name == reader
    assert message["Subject"] == "[Sample data] Kétamine – 文献 🧪 Bcc: evil@example.org: 3 new studies"
    assert message["Bcc"] is None
    assert server.envelopes[0].rcpt_tos == ["reader@example.org"]
    content = server.envelopes[0].content
    assert isinstance(content, bytes)
    assert content.isascii()
    assert max(map(len, content.splitlines())) <= 998


# What goes wrong


def add_study(tracker: Tracker) -> None:
    """PubMed has one study more, and it arrives."""
    new = record(970_000_310, "Ketamine for depression in adults.", "Forty adults took it.", created="2026-11-23")
    tracker.pubmed.corpus.extend([new])
    tracker.next_day()


def test_what_could_not_be_sent_is_sent_by_the_next_with_what_came_since(tracker: Tracker) -> None:
    """Nobody answers: one line, exit code 1, nothing noted as told."""
    port = free_port()
    write_to(tracker, port)
    told = failure(send(tracker))
    assert told.startswith(f"harvest: digest not sent by 127.0.0.1:{port}: Connection refused;")
    assert tracker.rows("SELECT * FROM digest_studies") == []
    add_study(tracker)
    with serving() as server:
        tracker.set_limit(f"port = {port}", f"port = {server.port}")
        assert send(tracker).output == ""
        assert send(tracker).output == ""
    assert [pmids(message) for message in server.messages] == [{PAIN, MEMORY, BIPOLAR, 970_000_310}]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"answer": "554 no room"}, "554 no room"),
        ({"answer": "451 later\x1b[31m"}, "451 later"),
        ({"answer": "451 " + "long " * 90}, " …"),
        ({"refused": READERS}, "no reader accepted: 550 nobody is called reader@example.org"),
    ],
)
def test_an_answer_that_refuses_is_told_in_one_line(
    tracker: Tracker, server: Server, change: dict[str, Any], told: str
) -> None:
    """As the server put it, without what would act on a terminal; later it is sent."""
    write_to(tracker, server.port)
    for name, value in change.items():
        setattr(server, name, value)
    line = failure(send(tracker))
    assert told in line
    assert "\x1b" not in line
    assert len(line) < 400
    server.answer, server.refused = "250 OK", ()
    assert send(tracker).output == ""
    assert len(server.messages) == 1


def test_a_reader_who_is_refused_is_told_of_and_the_others_are_told_once(tracker: Tracker, server: Server) -> None:
    """Those who got it do not get it again for a wrong address among them."""
    write_to(tracker, server.port, to=READERS)
    server.refused = READERS[1:]
    assert f"refused it for {READERS[1]} (550 nobody is called {READERS[1]})" in failure(send(tracker))
    assert (send(tracker).exit_code, len(server.messages)) == (0, 1)


def test_a_server_that_hangs_up_is_a_failure(tracker: Tracker) -> None:
    """Before it has greeted."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
        listening.listen()
        write_to(tracker, port)

        def hang_up() -> None:
            listening.accept()[0].close()

        with in_background(hang_up):
            assert "digest not sent" in failure(send(tracker))


@contextmanager
def in_background(work: Callable[[], None]) -> Iterator[None]:
    """Work while something else is done."""
    thread = Thread(target=work)
    thread.start()
    yield
    thread.join()


def test_a_home_without_a_mail_server_says_what_is_missing(tracker: Tracker) -> None:
    """By exit code 2, and nothing is told."""
    result = send(tracker)
    assert result.exit_code == 2
    assert "mail: no server to send by; add [mail] with host, from and to" in result.stderr
    assert tracker.rows("SELECT * FROM digest_studies") == []


# The password


def test_the_password_comes_from_the_environment(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender logs in by the address it writes from, or as the user that the recipe names."""
    monkeypatch.setenv("HARVEST_SMTP_PASSWORD", SECRET)
    with serving() as server:
        write_to(tracker, server.port)
        assert send(tracker).output == ""
        tracker.set_limit('host = "127.0.0.1"', 'host = "127.0.0.1"\nuser = "somebody"')
        add_study(tracker)
        assert send(tracker).output == ""
    assert server.logins == [("tracker@example.org", SECRET), ("somebody", SECRET)]
    assert SECRET not in str([str(message) for message in server.messages])
    assert SECRET not in str(tracker.rows("SELECT * FROM about"))


def test_a_wrong_password_is_not_told(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that it was refused."""
    monkeypatch.setenv("HARVEST_SMTP_PASSWORD", "wrong-canary")
    with serving() as server:
        write_to(tracker, server.port)
        told = failure(send(tracker))
    assert "user or password refused (535)" in told
    assert "canary" not in told


def test_a_server_that_repeats_the_password_is_not_quoted(
    tracker: Tracker, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it answers."""
    monkeypatch.setenv("HARVEST_SMTP_PASSWORD", SECRET)
    server.answer = f"554 you said {SECRET}"
    write_to(tracker, server.port)
    told = failure(send(tracker))
    assert "554 you said [redacted]" in told


def test_a_password_does_not_travel_in_the_clear(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """To another machine without encryption: refused before anything is asked of it."""
    monkeypatch.setenv("HARVEST_SMTP_PASSWORD", SECRET)
    write_to(tracker, 25)
    tracker.set_limit('host = "127.0.0.1"', 'host = "mail.example.org"')
    result = send(tracker)
    assert result.exit_code == 2
    assert "mail.security: none would send HARVEST_SMTP_PASSWORD in the clear" in result.stderr


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that nobody has vouched for, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    files = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run([*command, *more], check=True, capture_output=True)
    return files


def encrypted(certificate: tuple[Path, Path], security: str) -> dict[str, Any]:
    """What makes a server encrypt its connections."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_connection_is_encrypted(
    tracker: Tracker, certificate: tuple[Path, Path], security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its beginning, or from STARTTLS on; a server that nobody vouches for gets nothing."""
    monkeypatch.setenv("HARVEST_SMTP_PASSWORD", SECRET)
    with serving(**encrypted(certificate, security)) as server:
        write_to(tracker, server.port, security=security)
        assert "certificate verify failed" in failure(send(tracker))
        assert (server.logins, server.messages) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert send(tracker).output == ""
    assert len(server.messages) == 1


def test_a_server_that_cannot_encrypt_gets_nothing(tracker: Tracker, server: Server) -> None:
    """Where the recipe asks for encryption, which it does unless it says otherwise."""
    write_to(tracker, server.port, security="starttls")
    assert "STARTTLS extension not supported" in failure(send(tracker))
    assert server.messages == []


# The recipe


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('to = ["reader@example.org"]', "to = []", "mail.to: "),
        ('to = ["reader@example.org"]', 'to = ["nobody"]', "mail.to.0: not an e-mail address"),
        ('"tracker@example.org"', '"a@example.org, b@example.org"', "mail.from: not an e-mail address"),
        ('"tracker@example.org"', '"a@example.org\\nBcc: b@example.org"', "mail.from: not an e-mail address"),
        ('host = "127.0.0.1"', 'host = "a b"', "mail.host: "),
        ('security = "none"', 'security = "some"', "mail.security: "),
        ('security = "none"', "port_ = 3", "mail.port_: unknown key, did you mean port?"),
        ('security = "none"', 'password = "x"', "mail.password: a password does not belong in a file"),
        ('from = "tracker@example.org"', 'sender = "tracker@example.org"', "mail.from: Field required"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(tracker: Tracker, old: str, new: str, told: str) -> None:
    """Before anything is sent or told."""
    write_to(tracker, 25)
    tracker.set_limit(old, new)
    result = send(tracker)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("a@example.org", "", "a@example.org"),
        ("Käthe Muster <a.b+c@example.org>", "Käthe Muster", "a.b+c@example.org"),
        ('"Muster, K." <a@example.org>', "Muster, K.", "a@example.org"),
    ],
)
def test_an_address_is_taken_apart(text: str, name: str, address: str) -> None:
    """Into the name and what a server goes by."""
    found = mailbox(text)
    assert (found.display_name, found.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text",
    ["", "a", "@example.org", "a@", "a b@example.org", "ä@example.org", "a@b@example.org", "a@example.org\r\nX: y"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Nor are two."""
    with pytest.raises(ValueError, match="not an e-mail address"):
        mailbox(text)
