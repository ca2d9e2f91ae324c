"""A local PubMed without its wires: what is asked at which address, and what is answered."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import urlencode

from tests.pubmed.answer import HTML, JSON, RSS, TEXT, Answer
from tests.pubmed.corpus import Corpus
from tests.pubmed.eutils import Eutils
from tests.pubmed.faults import TOO_LONG, Call, Faults
from tests.pubmed.query import QueryError, search
from tests.pubmed.rate import RateLimit, bad_key
from tests.pubmed.rss import DEFAULT_LIMIT, MOST_ITEMS, Feed, Visit, entry_day, morning, render

EUTILS = re.compile(r"/(?:entrez/eutils/)?(esearch|efetch|esummary|epost|einfo)\.fcgi")
FEED = re.compile(r"/rss/search/(1[A-Za-z0-9_-]{49})/?")
CREATE = "/create-rss-feed-url/"
LONGEST_TARGET = 8190
LONGEST_NAME = 200
NOT_IN_NAMES = frozenset('"&=<>/')
NOT_FOUND = Answer(b"<!DOCTYPE html>\n<html><head><title>Page not found</title></head></html>\n", HTML, 404)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that arrived.

    ``time`` is of ``time.monotonic``; ``target`` is the address as sent, ``form`` what came in the body; ``params`` are
    those of both, a repeated one joined by commas; ``client`` is the caller's address.
    """

    time: float
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    target: str
    form: dict[str, str]
    client: str

    @property
    def endpoint(self) -> str:
        """What is asked: ``esearch`` .. ``einfo``, ``rss``, or nothing that faults are set on."""
        if match := EUTILS.fullmatch(self.path):
            return match[1]
        return "rss" if FEED.fullmatch(self.path) else ""

    def header(self, name: str) -> str:
        """A header by its name in any letter case, or an empty text."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


@dataclass(slots=True)
class LocalPubMed:
    """A running local PubMed. Tests turn ``corpus`` and ``faults`` while it runs, and read ``requests``.

    ``stall`` is how many seconds an answer that never comes takes; ``keys`` are the valid API keys, where not every one
    is; ``now`` is the clock behind ``reldate`` and the feeds.
    """

    corpus: Corpus
    cap: int = 9999
    limit: RateLimit = field(default_factory=lambda: RateLimit(3, 10))
    latency: float = 0
    stall: float = 30
    etag: bool = False
    keys: frozenset[str] | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    feeds: dict[str, Feed] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    _eutils: Eutils = field(init=False)
    _visits: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self._eutils = Eutils(self.corpus, today=lambda: self.now().date(), cap=self.cap)

    @property
    def eutils(self) -> str:
        """The base address of the E-utilities."""
        return f"{self.url}entrez/eutils/"

    def add_feed(self, name: str, term: str) -> Feed:
        """Save a search as a feed."""
        feed = Feed(name, term, self.now())
        self.feeds[feed.id] = feed
        return feed

    def feed_url(self, name_or_term: str, limit: int = DEFAULT_LIMIT) -> str:
        """The address of a feed by its name, or of a new feed for a search expression."""
        known = (feed for feed in self.feeds.values() if feed.name == name_or_term)
        feed = next(known, None) or self.add_feed(name_or_term, name_or_term)
        return f"{self.url}rss/search/{feed.id}/?limit={limit}"

    def feed_lines(self) -> list[str]:
        """One line for each feed: ``feed NAME URL``."""
        return [f"feed {feed.name} {self.feed_url(feed.name)}" for feed in list(self.feeds.values())]

    def expire_history(self) -> None:
        """Forget every WebEnv."""
        self._eutils.history.expire()

    def answer(self, request: Request) -> Answer:
        """Answer a request, bent by the faults that are set."""
        if len(request.target) > LONGEST_TARGET:
            return TOO_LONG
        answer = self._limited(request) if EUTILS.fullmatch(request.path) else self._page(request)
        bent = self.faults.bend(answer, Call(request.endpoint, request.params, self.corpus))
        return replace(bent, delivery=replace(bent.delivery, before=bent.delivery.before + self.latency))

    def _limited(self, request: Request) -> Answer:
        """An answer of the E-utilities, unless the API key is bad or the caller too fast."""
        key = request.params.get("api_key")
        if key is not None and (not key or (self.keys is not None and key not in self.keys)):
            return bad_key(key)
        headers, refusal = self.limit.check(key, request.client)
        answer = refusal or self._eutils.answer(request.endpoint, request.params)
        return replace(answer, headers=headers)

    def _page(self, request: Request) -> Answer:
        if match := FEED.fullmatch(request.path):
            return self._feed(match[1], request)
        if request.path == CREATE and request.method == "POST":
            return self._create_feed(request.params)
        if request.path == "/":
            return Answer("".join(f"{line}\n" for line in self.feed_lines()).encode(), TEXT)
        return NOT_FOUND

    def _create_feed(self, params: dict[str, str]) -> Answer:
        name, term, limit = params.get("name", ""), params.get("term", ""), params.get("limit", "")
        if not term or not 0 < len(name) <= LONGEST_NAME or set(name) & NOT_IN_NAMES or not limit.isdigit():
            return Answer(b'{"error":"a name, a limit and a term are needed"}\n', JSON, 400)
        feed = self.add_feed(name, term)
        address = f"{self.url}rss/search/{feed.id}/?{urlencode({'limit': limit, 'utm_campaign': 'pubmed-2'})}"
        return Answer(json.dumps({"rss_feed_url": address}).encode(), JSON)

    def _feed(self, feed_id: str, request: Request) -> Answer:
        feed = self.feeds.get(feed_id)
        if feed is None:
            return NOT_FOUND
        asked = request.params.get("limit", "")
        records = self._newest(feed, min(int(asked) if asked.isdigit() else DEFAULT_LIMIT, MOST_ITEMS))
        headers = self._validators(records)
        if headers and _unchanged(request, dict(headers)):
            return Answer(b"", RSS, 304, headers)
        visit = Visit(feed, self.now(), request.header("User-Agent"), next(self._visits))
        return Answer(render(visit, records), RSS, headers=headers)

    def _newest(self, feed: Feed, limit: int) -> list[bytes]:
        try:
            pmids = search(self.corpus, feed.term, self.now().date()).pmids
        except QueryError:
            return []
        records = (self.corpus.xml(pmid) for pmid in self.corpus.newest_first(pmids, "entered")[:limit])
        return [xml for xml in records if xml is not None]

    def _validators(self, records: list[bytes]) -> tuple[tuple[str, str], ...]:
        if not self.etag:
            return ()
        mark = sha256(b"\0".join(records)).hexdigest()[:32]
        newest = morning(entry_day(records[0])).astimezone(UTC) if records else datetime.fromtimestamp(0, UTC)
        return (("ETag", f'"{mark}"'), ("Last-Modified", format_datetime(newest, usegmt=True)))


def _unchanged(request: Request, validators: dict[str, str]) -> bool:
    """Whether the caller has this already: the ETag decides where it sends one, the date otherwise (RFC 9110)."""
    mark = request.header("If-None-Match")
    if mark:
        return mark == validators["ETag"]
    return request.header("If-Modified-Since") == validators["Last-Modified"]
