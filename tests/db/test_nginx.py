"""The front of a public site keeps what may be kept, and nothing else; behind it stands a server that says anything."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from harvest.home import SHIPPED
from harvest.serving import CONFIG, nginx
from tests.browser.conftest import needs
from tests.front import fronted, put_in_front

pytestmark = pytest.mark.slow

OWN = {"content-security-policy": "default-src 'none'", "referrer-policy": "same-origin", "vary": "Cookie"}
"""Headers such as the pages of a site have."""


@dataclass(slots=True)
class Behind:
    """What stands behind nginx: it answers each path as it is told, counts, and notes what it was asked."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer with the number of the request."""
        self.asked.append((handler.path, {name.lower(): value for name, value in handler.headers.items()}))
        body = f"answer {len(self.asked)}".encode()
        time.sleep(self.delay)
        handler.send_response(self.status)
        for name, value in {
            **OWN,
            "content-type": "text/html",
            "content-length": str(len(body)),
            **self.headers,
        }.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


class Front:
    """A site whose front is asked."""

    def __init__(self, site: Path, port: int, client: httpx.Client) -> None:
        self._site, self._port, self._client = site, port, client

    def get(self, path: str = "/page", visitor: str = "192.0.2.1", **headers: str) -> httpx.Response:
        """The answer to a visitor, as a proxy for HTTPS on this machine would pass it on."""
        told = {"X-Forwarded-For": visitor, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self._client.get(path, headers=told)

    def change(self, name: str) -> None:
        """Put another release in front, which the same server answers for."""
        put_in_front(self._site, f"{self._port}-{name}")


@pytest.fixture
def behind() -> Behind:
    """Answers that may be kept as long as nginx likes, unless a test says otherwise."""
    return Behind()


@pytest.fixture
def server(behind: Behind) -> Iterator[ThreadingHTTPServer]:
    """A server at a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            behind.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def front(server: ThreadingHTTPServer, tmp_path: Path) -> Iterator[Front]:
    """nginx before that server."""
    needs("nginx", "nginx")
    site = tmp_path / "site"
    site.mkdir()
    put_in_front(site, f"{server.server_port}-first")
    with fronted(site, tmp_path / "home") as address, httpx.Client(base_url=address, timeout=30) as client:
        yield Front(site, server.server_port, client)


def test_nginx_takes_the_shipped_file_as_it_is(tmp_path: Path) -> None:
    """Without a word of warning."""
    needs("nginx", "nginx")
    told = subprocess.run([*nginx(tmp_path, SHIPPED / CONFIG), "-t", "-q"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def test_a_page_is_asked_for_once(front: Front, behind: Behind) -> None:
    """The second visitor gets what the first one got, whatever cookie or language; and that it comes from the cache."""
    first = front.get()
    second = front.get(visitor="192.0.2.2", Cookie="theme=dark", Accept_Language="de")
    assert (first.text, second.text) == ("answer 1", "answer 1")
    assert (first.headers["x-cache-status"], second.headers["x-cache-status"]) == ("MISS", "HIT")
    assert len(behind.asked) == 1


def test_the_headers_of_a_page_come_through(front: Front) -> None:
    """From the cache as well."""
    for _ in range(2):
        headers = front.get().headers
        assert all(value in headers.get_list(name) for name, value in OWN.items())


def test_another_question_is_another_page(front: Front) -> None:
    """Also where only the host or the scheme differs, which stand in some pages."""
    answers = [
        front.get("/page"),
        front.get("/page?q=1"),
        front.get("/page", Host="other.example.org"),
        front.get("/page", Host="sother.example.org"),
        front.get("/page", Host="other.example.org", X_Forwarded_Proto="https"),
    ]
    assert len({answer.text for answer in answers}) == 5


def test_a_visitor_is_nobody(front: Front, behind: Behind) -> None:
    """No cookie, password or claim of another address reaches Datasette; host, scheme and address do."""
    front.get(visitor="192.0.2.9", Cookie="ds_actor=x", Authorization="Bearer x", Host="tracker.example.org")
    ((_, headers),) = behind.asked
    assert not headers.keys() & {"cookie", "authorization", "accept-encoding"}
    assert headers["host"] == "tracker.example.org"
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("192.0.2.9", "http")


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_an_error_is_never_kept(front: Front, behind: Behind, status: int) -> None:
    """Even one that says it may be."""
    behind.status, behind.headers = status, {"cache-control": "max-age=3600"}
    assert [front.get().status_code for _ in range(2)] == [status, status]
    assert len(behind.asked) == 2


@pytest.mark.parametrize(
    "headers", [{"cache-control": "no-store"}, {"cache-control": "private"}, {"set-cookie": "a=b"}], ids=str
)
def test_what_says_so_is_not_kept(front: Front, behind: Behind, headers: dict[str, str]) -> None:
    """By what it says of itself, or because it is for one visitor."""
    behind.headers = headers
    assert [front.get().text for _ in range(2)] == ["answer 1", "answer 2"]


def test_health_is_always_asked_for(front: Front, behind: Behind) -> None:
    """A monitor learns of this moment."""
    behind.headers = {"cache-control": "max-age=10"}
    assert [front.get("/-/health").text for _ in range(2)] == ["answer 1", "answer 2"]


def test_what_is_too_old_is_shown_while_it_is_renewed(front: Front, behind: Behind) -> None:
    """Nobody waits for a page that was there before; only the connection of the first one is kept busy by it."""
    behind.headers = {"cache-control": "max-age=1"}
    front.get()
    time.sleep(2)
    behind.delay = 2
    started = time.monotonic()
    assert [front.get(Connection="close").text for _ in range(3)] == ["answer 1"] * 3
    assert time.monotonic() - started < behind.delay
    time.sleep(behind.delay + 0.5)
    assert front.get().text == "answer 2"


def test_what_is_too_old_is_better_than_an_error(front: Front, behind: Behind, server: ThreadingHTTPServer) -> None:
    """Where Datasette fails, is too busy, or is gone."""
    behind.headers = {"cache-control": "max-age=1"}
    front.get()
    time.sleep(2)
    for behind.status in (500, 503):
        assert front.get().text == "answer 1"
    server.shutdown()
    server.server_close()
    assert front.get().text == "answer 1"
    assert front.get("/other").status_code == 502


def test_another_snapshot_is_another_site(front: Front) -> None:
    """At once and without a restart; where the former one comes back, its pages are still known."""
    seen = [front.get().text]
    for name in ("second", "first"):
        front.change(name)
        seen.append(front.get().text)
    assert seen == ["answer 1", "answer 2", "answer 1"]


def test_of_many_who_want_a_page_one_asks(front: Front, behind: Behind) -> None:
    """The others wait for what it is told."""
    behind.delay = 1
    with ThreadPoolExecutor(20) as visitors:
        answers = list(visitors.map(lambda number: front.get(visitor=f"192.0.2.{number}").text, range(20)))
    assert (set(answers), len(behind.asked)) == ({"answer 1"}, 1)


def test_who_asks_too_much_is_turned_away(front: Front) -> None:
    """With 429, and only they: five pages with all that belongs to them are not too much."""
    for _ in range(25):
        assert front.get(visitor="192.0.2.1").status_code == 200
    flood = Counter(front.get(visitor="192.0.2.2").status_code for _ in range(400))
    assert set(flood) == {200, 429}
    assert flood[200] >= 100
    assert front.get(visitor="192.0.2.3").status_code == 200
