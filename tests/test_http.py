"""The network: polite, patient, and never a silent failure."""

from __future__ import annotations

import gzip
import itertools
import logging
import multiprocessing
import socket
import struct
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from harvest.errors import ConfigError, PayloadError, SourceError, TransportError
from harvest.http import Answer, Client, Pacer, shared_pacer
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


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/x", "http://[bad", "http://.bad/"])
def test_a_redirect_to_where_nothing_can_be_fetched_is_the_servers_fault(
    client: Client, waits: list[float], target: str
) -> None:
    """The address of the recipe is a right one; trying again would not help."""
    unfetchable = pytest.raises(TransportError, match="leads to an address that cannot be fetched")
    with scripted(answer("", 302, Location=target)) as server, unfetchable:
        client.get(server.url, body)
    assert waits == []


def test_a_redirect_of_an_address_is_followed(client: Client) -> None:
    """Feeds may move."""
    with scripted(answer("", 301, Location="/moved"), answer("good")) as server:
        assert client.get(server.url, body) == b"good"
        assert [request[:2] for request in server.requests] == [("GET", "/"), ("GET", "/moved")]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_form_does_not_go_where_a_redirect_says(
    client: Client, waits: list[float], tmp_path: Path, status: int
) -> None:
    """It may hold an API key; the error names the host alone, once."""
    pacer = at_once(tmp_path / "pace", 1, lambda: 1000.0, [])
    with scripted(answer("good")) as other:
        away = answer("", status, Location=f"{other.url}path?api_key=k")
        with scripted(away) as server:
            with pytest.raises(TransportError, match=r": redirected to 127\.0\.0\.1, not followed$"):
                client.post(server.url, {"api_key": "k"}, body, pacer=pacer)
            assert len(server.requests) == 1
        assert other.requests == []
    assert waits == []


@pytest.mark.parametrize(("status", "target"), [(300, "http://[bad"), (302, "mailto:nobody")])
def test_a_form_that_is_redirected_to_no_host_is_an_error_too(
    client: Client, tmp_path: Path, status: int, target: str
) -> None:
    """In one line, like the rest."""
    pacer = at_once(tmp_path / "pace", 1, lambda: 1000.0, [])
    nowhere = pytest.raises(TransportError, match="redirected to no host, not followed")
    with scripted(answer("", status, Location=target)) as server, nowhere:
        client.post(server.url, {}, body, pacer=pacer)


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


def test_the_server_cannot_make_a_run_wait_for_hours(client: Client, waits: list[float]) -> None:
    """Two minutes at most, whatever Retry-After says."""
    with scripted(answer("", 429, Retry_After="86400"), answer("good")) as server:
        client.get(server.url, body)
    assert waits == [120]


@pytest.mark.parametrize("asked", ["", "soon", "\xb2", "Sun, 22 Nov 2026 06:00:00 GMT"])
def test_a_wait_that_is_no_number_of_seconds_is_our_own(client: Client, waits: list[float], asked: str) -> None:
    """The back-off of the first failure: a second, and up to one more."""
    with scripted(answer("", 429, Retry_After=asked), answer("good")) as server:
        client.get(server.url, body)
    assert 1 <= waits[0] <= 2


def test_waits_grow_and_have_an_end(waits: list[float]) -> None:
    """A server that is down is asked ever less often, at least twice a minute."""
    client = Client("test", attempts=8, sleep=waits.append)
    with scripted(answer("", 503)) as server, pytest.raises(TransportError, match="HTTP 503"):
        client.get(server.url, body)
    client.close()
    assert all(base <= wait <= base + 1 for base, wait in zip((1, 2, 4, 8, 16), waits, strict=False))
    assert waits[5:] == [30, 30]


def test_an_answer_that_its_reader_refuses_for_good_is_not_asked_for_again(client: Client) -> None:
    """What will not become better is an error at once."""

    def strict(_: Answer) -> bytes:
        raise PayloadError("never")

    with scripted(answer("bad")) as server:
        with pytest.raises(PayloadError, match="never"):
            client.get(server.url, strict)
        assert len(server.requests) == 1


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


def test_a_secret_is_cut_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """An attempt that failed is told with its number and its reason, and without the key."""
    client = Client("test", secrets=("k3y",), sleep=lambda _: None)

    def echoing(got: Answer) -> bytes:
        if b"k3y" in got.body:
            raise PayloadError(got.body.decode(), retryable=True)
        return got.body

    with caplog.at_level(logging.INFO), scripted(answer("key k3y is busy"), answer("good")) as server:
        client.get(server.url, echoing)
    client.close()
    told = [record.getMessage() for record in caplog.records if record.name == "harvest.http"]
    assert told == ["attempt 1 failed, trying again: key [redacted] is busy"]


def test_a_rate_limit_body_is_never_quoted(client: Client) -> None:
    """It echoes the caller's address or key."""
    echo = '{"error":"API rate limit exceeded","api-key":"192.0.2.7","count":"4","limit":"3"}'
    with scripted(answer(echo, 429)) as server, pytest.raises(TransportError) as caught:
        client.get(server.url, body)
    assert "192.0.2.7" not in str(caught.value)


def test_an_answer_without_end_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has a limit; an answer of just that size is whole, and a larger one is not asked for again."""
    monkeypatch.setattr("harvest.http.LARGEST_ANSWER", 2**20)
    large = answer("x" * (2**20 + 1))
    with scripted(answer("x" * 2**20), large) as server:
        assert len(client.get(server.url, body)) == 2**20
        with pytest.raises(TransportError, match="larger than 1 MB"):
            client.get(server.url, body)
        assert len(server.requests) == 2


def test_the_server_is_told_who_asks_and_what_for(client: Client) -> None:
    """Headers of the caller's go out with the name of the program."""
    with scripted(answer("good")) as server:
        client.get(server.url, body, headers={"If-None-Match": "mark"})
        headers = server.requests[0][2]
    assert (headers["user-agent"], headers["if-none-match"]) == ("test", "mark")


def test_a_drip_is_given_up_while_it_drips() -> None:
    """Every byte comes in good time, and still the whole takes too long."""
    client = Client("test", attempts=1, timeout=(2, 2, 0.3))
    with scripted(drip) as server, pytest.raises(TransportError, match=r"took longer than 0\.3 s"):
        client.get(server.url, body)
    client.close()


def test_a_large_compressed_answer_comes_whole(client: Client) -> None:
    """Its pieces are unpacked as they come."""
    large = bytes(range(256)) * 4096
    with scripted(answer(gzip.compress(large), Content_Encoding="gzip")) as server:
        assert client.get(server.url, body) == large


def ticking(seconds: int) -> Callable[[], float]:
    """A clock that is so many seconds later whenever it is looked at."""
    return itertools.count(0, seconds).__next__


def test_a_whole_answer_has_a_deadline() -> None:
    """Bytes that keep coming do not hold a run for ever: what lasts longer than 300 s is given up."""
    client = Client("test", attempts=1, clock=ticking(100))
    with scripted(answer("x" * 2**19)) as server, pytest.raises(TransportError, match="took longer than 300 s"):
        client.get(server.url, body)
    client.close()


def test_an_answer_may_take_all_of_its_time() -> None:
    """What comes after 100 s, or in many pieces, is whole and not late."""
    for clock, large in ((ticking(100), "good"), (ticking(1), "x" * 2**19)):
        client = Client("test", attempts=1, clock=clock)
        with scripted(answer(large)) as server:
            assert client.get(server.url, body) == large.encode()
        client.close()


def test_a_host_that_lets_nobody_in_is_given_up_soon() -> None:
    """Connecting has a time-out of its own, far below that of an answer."""
    client = Client("test", attempts=1, timeout=(0.2, 30, 30))
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        started = time.monotonic()
        with pytest.raises(TransportError, match="timed out"):
            client.get(f"http://127.0.0.1:{full.getsockname()[1]}/", body)
        assert time.monotonic() - started < 10
        for one in waiting:
            one.close()
    client.close()


def at_once(path: Path, rate: float, clock: Callable[[], float], waits: list[float]) -> Pacer:
    return Pacer(path, rate, clock, waits.append)


def test_requests_are_spaced_by_the_rate(tmp_path: Path, waits: list[float]) -> None:
    """Three a second are a third of a second apart, and a little more."""
    pacer = at_once(tmp_path / "pace", 3, lambda: 1000.0, waits)
    for _ in range(3):
        pacer.wait()
    assert waits == pytest.approx([0, 1.06 / 3, 2.12 / 3])


def test_two_programs_share_one_rate(tmp_path: Path, waits: list[float]) -> None:
    """The moments that one took are gone for the other."""
    for _ in range(2):
        at_once(tmp_path / "pace", 1, lambda: 1000.0, waits).wait()
    assert waits == pytest.approx([0, 1.06])


@pytest.mark.parametrize("left", ["", "no number", "9999999999.0"])
def test_a_damaged_pace_file_does_not_block(tmp_path: Path, waits: list[float], left: str) -> None:
    """A clock that was set back, or a torn file, costs nothing."""
    (tmp_path / "pace").write_text(left)
    at_once(tmp_path / "pace", 3, lambda: 1000.0, waits).wait()
    assert waits == [0]


def test_a_clock_that_was_set_back_a_little_changes_nothing(tmp_path: Path, waits: list[float]) -> None:
    """A moment less than a minute ahead is one that another program has taken."""
    (tmp_path / "pace").write_text("1059.0")
    at_once(tmp_path / "pace", 1, lambda: 1000.0, waits).wait()
    assert waits == pytest.approx([60.06])


def test_every_attempt_waits_for_its_moment(client: Client, tmp_path: Path) -> None:
    """A request that is sent again counts again."""
    paced: list[float] = []
    pacer = at_once(tmp_path / "pace", 1, lambda: 1000.0, paced)
    with scripted(answer("", 500), answer("good")) as server:
        assert client.post(server.url, {"a": "b"}, body, pacer=pacer) == b"good"
        assert [request[0] for request in server.requests] == ["POST", "POST"]
    assert paced == pytest.approx([0, 1.06])


def test_one_program_at_a_time_takes_a_moment(tmp_path: Path, waits: list[float]) -> None:
    """Between reading the last moment and writing its own, when that has come, nobody else can do so."""
    alone: list[bool] = []

    def clock() -> float:
        try:
            FileLock(tmp_path / "pace.lock").acquire(timeout=0)
        except Timeout:
            alone.append(True)
        return 1000.0

    at_once(tmp_path / "pace", 3, clock, waits).wait()
    assert alone == [True, True]


def test_every_host_and_every_key_has_a_rate_of_its_own(tmp_path: Path) -> None:
    """NCBI counts over an address or a key; two utilities of one host share a file, which shows no key."""
    for url, key in (("http://a/x", ""), ("http://a/y", ""), ("http://b/x", ""), ("http://a/x", "s3cret")):
        shared_pacer(url, 1000, key).wait()
    [folder] = tmp_path.glob("harvest-*")
    names = [path.name for path in folder.glob("pace-*") if path.suffix != ".lock"]
    assert len(names) == 3
    assert not any("s3cret" in name for name in names)
    assert folder.stat().st_mode & 0o777 == 0o700


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


def test_nothing_is_sent_where_the_rate_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk, or in a folder that belongs to somebody else, that is an error of one line."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TransportError, match=r"the rate cannot be kept in .*/file/pace"):
        Pacer(tmp_path / "file" / "pace", 3).wait()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(TransportError, match="no place for what keeps the rate"):
        shared_pacer("http://127.0.0.1/", 3)
