"""The wires: HTTP over the loopback address, the request log, and how answers are delivered or not."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tests.pubmed.answer import Answer
from tests.pubmed.corpus import Corpus
from tests.pubmed.local import LocalPubMed, Request
from tests.pubmed.rate import RateLimit

SAMPLE = Path(__file__).parent / "corpus"
PIECE = 16


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, logs it, delivers the answer."""

    protocol_version = "HTTP/1.1"
    server_version = "LocalPubMed"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: ``LocalPubMed.requests`` is the log."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        form = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
        asked = parse_qsl(parts.query, keep_blank_values=True)
        request = Request(
            time=time.monotonic(),
            method=self.command,
            path=parts.path,
            params=_joined([*asked, *form]),
            headers=dict(self.headers.items()),
            target=self.path,
            form=_joined(form),
            client=self.client_address[0],
        )
        pubmed = self.server.pubmed
        pubmed.requests.append(request)
        self._deliver(pubmed.answer(request))

    def _deliver(self, answer: Answer) -> None:
        body, encoded = self._encoded(answer)
        delivery = answer.delivery
        self._pause(delivery.before)
        self.send_response(answer.status)
        for name, value in (
            ("Content-Type", answer.content_type),
            ("Cache-Control", "private"),
            ("Vary", "Accept-Encoding"),
            *answer.headers,
        ):
            self.send_header(name, value)
        if encoded:
            self.send_header("Content-Encoding", "gzip")
        if answer.status != 304:
            self.send_header("Content-Length", str(len(body)))
        if delivery.reset_after == 0:
            self._reset()
            return
        self.end_headers()
        self._send_body(body, answer)

    def _send_body(self, body: bytes, answer: Answer) -> None:
        delivery = answer.delivery
        if delivery.reset_after is not None:
            self.wfile.write(body[: int(len(body) * delivery.reset_after)])
            self.wfile.flush()
            self._reset()
            return
        half = len(body) // 2 if delivery.midway else 0
        self.wfile.write(body[:half])
        if half:
            self.wfile.flush()
            self._pause(delivery.midway)
        if delivery.drip:
            self._drip(body[half:], delivery.drip)
        else:
            self.wfile.write(body[half:])
        self.wfile.flush()

    def _encoded(self, answer: Answer) -> tuple[bytes, bool]:
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if answer.encoded or not accepts or not answer.body:
            return answer.body, answer.encoded
        return gzip.compress(answer.body, 1), True

    def _drip(self, body: bytes, pause: float) -> None:
        for place in range(0, len(body), PIECE):
            self.wfile.write(body[place : place + PIECE])
            self.wfile.flush()
            self._pause(pause)

    def _pause(self, seconds: float) -> None:
        """Wait, but no longer than ``stall``; the end of the server ends the connection."""
        if seconds and self.server.pubmed.stopping.wait(min(seconds, self.server.pubmed.stall)):
            raise ConnectionAbortedError

    def _reset(self) -> None:
        """Close with a TCP reset, at once: an orderly shutdown would come before it otherwise."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    """One thread for each connection; all of them end with the server."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, pubmed: LocalPubMed, port: int) -> None:
        self.pubmed = pubmed
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    # typeshed lets a server have datagrams for requests as well; this one has sockets only
    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """A client that went away is no error of the server's; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        super().server_close()


@contextmanager
def serve(
    corpus: Corpus | Iterable[bytes] | Path | None = None,
    *,
    port: int = 0,
    cap: int = 9999,
    rate: int | None = 3,
    rate_with_key: int | None = 10,
    latency: float = 0,
    stall: float = 30,
    etag: bool = False,
    keys: Iterable[str] | None = None,
    faults: Iterable[str] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[LocalPubMed]:
    """Serve a corpus (the sample corpus by default) on the loopback address while the context lasts."""
    pubmed = LocalPubMed(
        corpus_of(corpus),
        cap=cap,
        limit=RateLimit(rate, rate_with_key if rate is not None else None),
        latency=latency,
        stall=stall,
        etag=etag,
        keys=None if keys is None else frozenset(keys),
        now=now,
    )
    for spec in faults:
        pubmed.faults.add(spec)
    server = _Server(pubmed, port)
    pubmed.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield pubmed
    finally:
        pubmed.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
        if pubmed.corpus is not corpus:
            pubmed.corpus.close()


def corpus_of(source: Corpus | Iterable[bytes] | Path | None) -> Corpus:
    """A corpus from records, from a file or folder, or the sample corpus."""
    if isinstance(source, Corpus):
        return source
    if source is None or isinstance(source, Path):
        return Corpus.read([source or SAMPLE])
    return Corpus(source)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
