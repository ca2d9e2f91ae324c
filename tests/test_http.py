"""The network: polite, patient, and never a silent failure."""

from __future__ import annotations

import multiprocessing
import socket
import struct
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from harvest.errors import ConfigError, PayloadError, SourceError, TransportError
from harvest.http import Answer, Client, Pacer
from tests.scripted import Script, answer, scripted


@pytest.fixture
def waits() -> list[float]:
    """The waits that were asked for."""
    return []


@pytest.fixture
def client(waits: list[float]) -> Iterator[Client]:
    """A client that does not really wait."""
    opened = Client("test", attempts=3, timeout=(2, 0.5, 1.5), sleep=waits.append)
    yield opened
    opened.close()


def body(got: Answer) -> bytes:
    return got.body


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def close_quietly(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def say_nothing(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.8)
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    try:
        for _ in range(30):
            handler.wfile.write(b".")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def test_a_body_comes_as_it_was_sent(client: Client) -> None:
    """Bytes in, bytes out, with the status and the headers."""
    with scripted(answer(b"\x00\xff", X_Mark="1")) as server:
        got = client.get(server.url, lambda got: got)
    assert (got.status, got.headers["x-mark"], got.body) == (200, "1", b"\x00\xff")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(hang_up, id="connection reset"),
        pytest.param(close_quietly, id="closed without an answer"),
        pytest.param(say_nothing, id="time-out before the answer"),
        pytest.param(drip, id="slow drip"),
        pytest.param(answer("half", Content_Length="100"), id="cut off"),
        pytest.param(answer(b"no gzip at all", Content_Encoding="gzip"), id="gzip that is none"),
        pytest.param(answer("{}", 429), id="429"),
        pytest.param(answer("<html>", 500), id="500"),
        pytest.param(answer("<html>", 502), id="502"),
    ],
)
def test_a_fault_that_passes_is_waited_out(client: Client, waits: list[float], fault: Script) -> None:
    """Two faults, then the answer: the caller notices nothing but time."""
    with scripted(fault, fault, answer("good")) as server:
        assert client.get(server.url, body) == b"good"
    assert len(waits) == 2
    assert 0 < waits[0] <= 2 < waits[1] + 1


@pytest.mark.parametrize("fault", [hang_up, answer("<html>", 500), answer("", 429), say_nothing])
def test_a_fault_that_stays_is_an_error_that_names_the_address(client: Client, fault: Script) -> None:
    """After the last attempt the error stands, in one line."""
    with scripted(fault) as server, pytest.raises(TransportError) as caught:
        client.get(server.url + "path?query=1", body)
    assert str(caught.value).startswith(f"{server.url}path: ")
    assert "\n" not in str(caught.value)
    assert "query" not in str(caught.value)


def test_a_refused_connection_is_an_error(client: Client) -> None:
    """Nothing listens: said in words."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(TransportError, match="connection refused"):
        client.get(f"http://127.0.0.1:{port}/", body)


def test_a_name_that_does_not_exist_is_an_error(client: Client) -> None:
    """The resolver's failure is said in words."""
    with pytest.raises(TransportError, match="cannot be resolved"):
        client.get("http://nowhere.invalid/", body)


@pytest.mark.parametrize("address", ["http://", "gopher://x/", "no address"])
def test_an_address_that_is_none_is_a_fault_of_the_recipe(client: Client, address: str) -> None:
    """Trying again would not help."""
    with pytest.raises(ConfigError):
        client.get(address, body)


def test_a_request_that_is_refused_is_not_repeated(client: Client, waits: list[float]) -> None:
    """A bad key stays bad; what the server said is passed on."""
    with scripted(answer('{"error":"API key invalid","type":"invalid"}', 400)) as server:
        with pytest.raises(TransportError, match=r"HTTP 400.*API key invalid"):
            client.get(server.url, body)
        assert len(server.requests) == 1
    assert waits == []


def test_the_wait_is_as_long_as_the_server_asks(client: Client, waits: list[float]) -> None:
    """Retry-After is honoured where it is longer than our own wait."""
    with scripted(answer("", 429, Retry_After="40"), answer("good")) as server:
        client.get(server.url, body)
    assert waits == [40]


def test_an_answer_that_its_reader_refuses_for_now_is_asked_for_again(client: Client) -> None:
    """HTTP 200 proves nothing: the reader decides."""

    def picky(got: Answer) -> bytes:
        if got.body != b"good":
            raise PayloadError("not yet", retryable=True)
        return got.body

    with scripted(answer("bad"), answer("good")) as server:
        assert client.get(server.url, picky) == b"good"


def test_a_secret_is_cut_out_of_every_error() -> None:
    """Neither the address nor the server's words carry the key into a log."""
    client = Client("test", secrets=("k3y", ""), attempts=1)
    with scripted(answer('{"error":"API key k3y invalid"}', 400)) as server, pytest.raises(SourceError) as caught:
        client.get(server.url + "k3y", body)
    client.close()
    assert "k3y" not in str(caught.value)
    assert "[redacted]" in str(caught.value)


def test_a_rate_limit_body_is_never_quoted(client: Client) -> None:
    """It echoes the caller's address or key."""
    echo = '{"error":"API rate limit exceeded","api-key":"192.0.2.7","count":"4","limit":"3"}'
    with scripted(answer(echo, 429)) as server, pytest.raises(TransportError) as caught:
        client.get(server.url, body)
    assert "192.0.2.7" not in str(caught.value)


def test_an_answer_without_end_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has a limit."""
    monkeypatch.setattr("harvest.http.LARGEST_ANSWER", 1000)
    with scripted(answer("x" * 5000)) as server, pytest.raises(TransportError, match="larger than"):
        client.get(server.url, body)


def at_once(path: Path, rate: float, clock: Callable[[], float], waits: list[float]) -> Pacer:
    return Pacer(path, rate, clock, waits.append)


def test_requests_are_spaced_by_the_rate(tmp_path: Path, waits: list[float]) -> None:
    """Three a second are a third of a second apart, and a little more."""
    pacer = at_once(tmp_path / "pace", 3, lambda: 1000.0, waits)
    for _ in range(3):
        pacer.wait()
    assert waits == pytest.approx([0, 1.04 / 3, 2.08 / 3])


def test_two_programs_share_one_rate(tmp_path: Path, waits: list[float]) -> None:
    """The moments that one took are gone for the other."""
    for _ in range(2):
        at_once(tmp_path / "pace", 1, lambda: 1000.0, waits).wait()
    assert waits == pytest.approx([0, 1.04])


@pytest.mark.parametrize("left", ["", "no number", "9999999999.0"])
def test_a_damaged_pace_file_does_not_block(tmp_path: Path, waits: list[float], left: str) -> None:
    """A clock that was set back, or a torn file, costs nothing."""
    (tmp_path / "pace").write_text(left)
    at_once(tmp_path / "pace", 3, lambda: 1000.0, waits).wait()
    assert waits == [0]


def _take(path: Path, count: int, moments: multiprocessing.Queue[float]) -> None:
    pacer = Pacer(path, 100)
    for _ in range(count):
        pacer.wait()
        moments.put(time.time())


def test_processes_at_the_same_time_stay_under_the_rate_together(tmp_path: Path) -> None:
    """Real processes, real time: no window of a second holds more than the rate."""
    context = multiprocessing.get_context("spawn")
    moments: multiprocessing.Queue[float] = context.Queue()
    workers = [context.Process(target=_take, args=(tmp_path / "pace", 30, moments)) for _ in range(3)]
    for worker in workers:
        worker.start()
    taken = sorted(moments.get(timeout=30) for _ in range(90))
    for worker in workers:
        worker.join()
    assert all(later - earlier > 0.15 for earlier, later in zip(taken, taken[20:], strict=False))
