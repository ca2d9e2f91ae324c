"""The only room that talks to the network: one session, time-outs, pacing, retries, redaction.

HTTP status 200 proves nothing with PubMed, so every request comes with a ``read`` function that turns the answer into
a value or raises; what it raises is retried like a broken connection when it says ``retryable``.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from filelock import FileLock
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from urllib3.exceptions import HTTPError

from harvest.errors import ConfigError, SourceError, TransportError

T = TypeVar("T")

log = logging.getLogger(__name__)

LARGEST_ANSWER = 512 * 2**20
"""Bytes after which an answer is refused: 200 records of PubMed XML are a few MB."""

_CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: ``headers`` have lower-case names, ``body`` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Pacer:
    """Hands out the moments at which requests may be sent, at most ``rate`` a second over all processes of this user.

    NCBI counts requests over an address or an API key, not over a process, so the next free moment is kept in a file
    under a lock. Moments are spaced evenly, with 6 % to spare for the jitter of the network.

    Args:
        path: the file that the processes share.
        rate: requests a second.
        clock: wall-clock seconds, the same for all processes.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        path: Path,
        rate: float,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._lock = FileLock(f"{path}.lock", poll_interval=0.01)
        self._interval = 1.06 / rate
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Take the next free moment and wait for it.

        Raises:
            TransportError: the file cannot be written, so nothing may be sent.
        """
        try:
            # kept while waiting: whoever wakes late puts off those behind, and does not run into them
            with self._turn, self._lock:
                now = self._clock()
                moment = max(now, self._last(now) + self._interval)
                self._sleep(moment - now)
                self._path.write_text(repr(max(moment, self._clock())))
        except OSError as error:
            raise TransportError(
                f"the rate cannot be kept in {self._path} ({error.strerror}); nothing is sent"
            ) from None

    def _last(self, now: float) -> float:
        """The last moment taken; a file from before the clock was set back, or a damaged one, does not block."""
        try:
            last = float(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return 0.0
        return last if last < now + 60 else 0.0


def shared_pacer(url: str, rate: float, secret: str = "") -> Pacer:
    """The pacer that all processes of this user share for the host of ``url`` and, where there is one, the API key.

    Raises:
        TransportError: there is no place for it.
    """
    try:
        folder = Path(tempfile.gettempdir()) / f"harvest-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise TransportError(f"no place for what keeps the rate: {error}") from None
    name = hashlib.sha256(f"{urlsplit(url).netloc} {secret}".encode()).hexdigest()[:16]
    return Pacer(folder / f"pace-{name}", rate)


class Client:
    """Sends requests politely and gives back what ``read`` makes of the answers.

    Args:
        user_agent: who is asking, for the server's log.
        secrets: texts that must never be shown; they are cut out of every error.
        attempts: how often one request is tried before its error stands.
        timeout: seconds to connect, seconds without a byte, seconds for the whole answer.
        sleep: waits that many seconds between attempts.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        secrets: tuple[str, ...] = (),
        attempts: int = 5,
        timeout: tuple[float, float, float] = (10.0, 60.0, 300.0),
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent
        self._secrets = tuple(filter(None, secrets))
        self._attempts = attempts
        self._timeout = timeout
        self._sleep = sleep
        self._clock = clock

    def get(self, url: str, read: Callable[[Answer], T], *, headers: Mapping[str, str] | None = None) -> T:
        """Fetch an address.

        Raises:
            SourceError: no answer that ``read`` takes came in any attempt.
            ConfigError: the address is none.
        """
        return self._tried("GET", url, read, headers=headers or {}, form=None, pacer=None)

    def post(self, url: str, form: Mapping[str, str], read: Callable[[Answer], T], *, pacer: Pacer) -> T:
        """Send a form; the API key travels in it, and so never stands in an address, nor goes where a redirect says.

        Raises:
            SourceError: no answer that ``read`` takes came in any attempt.
            ConfigError: the address is none.
        """
        return self._tried("POST", url, read, headers={}, form=form, pacer=pacer)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _tried(
        self,
        method: str,
        url: str,
        read: Callable[[Answer], T],
        *,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        pacer: Pacer | None,
    ) -> T:
        self._refuse_no_address(url)

        def once() -> T:
            if pacer:
                pacer.wait()
            return read(self._send(method, url, headers, form))

        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=_wait,
            retry=retry_if_exception(lambda error: isinstance(error, SourceError) and error.retryable),
            before_sleep=self._log_retry,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(once)
        except SourceError as error:
            raise type(error)(self._redacted(f"{_place(url)}: {error}")) from None

    def _refuse_no_address(self, url: str) -> None:
        try:
            self._session.get_adapter(requests.Request("GET", url).prepare().url or "")
        except requests.RequestException:
            raise ConfigError(f"{self._redacted(url)}: not an address that can be fetched") from None

    def _send(self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None) -> Answer:
        connect, silence, _ = self._timeout
        try:
            with self._session.request(
                method,
                url,
                headers=headers,
                data=form,
                timeout=(connect, silence),
                stream=True,
                allow_redirects=form is None,
            ) as response:
                body = self._body(response)
        except ValueError:  # requests, urllib3 and urllib agree on this one for addresses
            raise TransportError("it leads to an address that cannot be fetched") from None
        except (requests.RequestException, HTTPError) as error:
            raise TransportError(_reason(error), retryable=True) from None
        if form is not None and 300 <= response.status_code < 400:
            raise TransportError(f"redirected to {_host(url, response)}, not followed")
        answer = Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)
        _refuse_error_status(answer)
        return answer

    def _body(self, response: requests.Response) -> bytes:
        """Read the body within the whole answer's time: a drip of single bytes must not hold a run for ever.

        So what has come is taken as it comes; ``iter_content`` would wait until a chunk is full.
        """
        deadline = self._clock() + self._timeout[2]
        chunks, size = [], 0
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if self._clock() > deadline:
                raise TransportError(f"the answer took longer than {self._timeout[2]:g} s", retryable=True)
            if size > LARGEST_ANSWER:
                raise TransportError(f"the answer is larger than {LARGEST_ANSWER >> 20} MB")
        return b"".join(chunks)

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return text

    def _log_retry(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        log.info("attempt %d failed, trying again: %s", state.attempt_number, self._redacted(str(error)))


_backoff = wait_exponential_jitter(initial=1, max=30)


def _wait(state: RetryCallState) -> float:
    """Capped exponential back-off with jitter; longer where the server asked for it (NCBI mostly does not)."""
    error = state.outcome.exception() if state.outcome else None
    return max(_backoff(state), min(120.0, error.retry_after) if isinstance(error, SourceError) else 0.0)


def _refuse_error_status(answer: Answer) -> None:
    """Raise for a status that is an error. A 429's body echoes the caller's address or key: it is not quoted."""
    if answer.status == 429:
        asked = answer.headers.get("retry-after", "")
        raise TransportError(
            "too many requests (HTTP 429)",
            retryable=True,
            retry_after=float(asked) if asked.isascii() and asked.isdecimal() else 0.0,
        )
    if answer.status >= 500:
        raise TransportError(f"the server failed (HTTP {answer.status})", retryable=True)
    if answer.status >= 400:
        raise TransportError(f"refused (HTTP {answer.status}){_said(answer.body)}")


def _said(body: bytes) -> str:
    """The server's own word in an E-utilities error body, JSON or XML, if there is one."""
    found = re.search(rb'"error"\s*:\s*"([^"]{1,200})"|<ERROR>([^<]{1,200})', body[:4096])
    return ": " + b"".join(filter(None, found.groups())).decode("utf-8", "replace") if found else ""


def _reason(error: Exception) -> str:
    """What went wrong in a few words: the texts of requests and urllib3 hold object addresses and whole URLs."""
    text = str(error)
    for mark, reason in (
        ("NameResolutionError", "the name of the host cannot be resolved"),
        ("Connection refused", "connection refused"),
        ("timed out", "timed out"),
        ("reset by peer", "the connection was reset"),
        ("closed connection without response", "the connection was closed without an answer"),
        ("IncompleteRead", "the answer was cut off"),
        ("decode", "the answer is not the gzip that it claims to be"),
    ):
        if mark in text:
            return reason
    return f"no answer ({type(error).__name__})"


def _host(url: str, response: requests.Response) -> str:
    """The host that a redirect names; the rest of its address may hold what was sent."""
    try:
        return urlsplit(urljoin(url, response.headers.get("Location", ""))).hostname or "no host"
    except ValueError:
        return "no host"


def _place(url: str) -> str:
    """An address without its query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
