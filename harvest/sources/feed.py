"""A PubMed saved-search feed names the newest studies of a search that somebody saved on the PubMed site.

A feed is a quick signal, not a complete one: it shows at most 100 items and nothing older. Its items are partial, so
only their PMIDs are taken, from ``guid`` (links change with every fetch; feedparser keeps one ``dc:identifier`` only).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import feedparser

from harvest.errors import PayloadError
from harvest.http import Answer, Client
from harvest.model import Pmid
from harvest.sources import Discovery, identity_of

_GUID = re.compile(r"pubmed:([1-9][0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of the recipe.

    Args:
        name: its name there.
        url: the address that PubMed issued.
        client: sends the request.
        etag: the server's mark of the state seen last, if it gave one.
        last_modified: likewise.
    """

    name: str
    url: str
    client: Client
    etag: str | None = None
    last_modified: str | None = None
    kind: str = field(default="feed", init=False)

    @property
    def identity(self) -> str:
        """A digest of the address."""
        return identity_of(self.url)

    def discover(self, since: date, changed_since: date | None) -> Discovery:  # noqa: ARG002 - it shows what it shows
        """Name the studies that the feed shows now; none where the server says that nothing changed.

        Raises:
            PayloadError: the answer is no feed.
            TransportError: the server did not answer.
        """
        marks = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return self.client.get(self.url, self._read, headers={name: mark for name, mark in marks.items() if mark})

    def _read(self, answer: Answer) -> Discovery:
        if answer.status == 304 and not (self.etag or self.last_modified):
            raise PayloadError("the server says that nothing changed, but was not told since when", retryable=True)
        if answer.status == 304:
            return Discovery((), etag=self.etag, last_modified=self.last_modified)
        pmids = read_feed(answer.body)
        return Discovery(
            pmids,
            expected=len(pmids),
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
        )


def read_feed(body: bytes) -> tuple[Pmid, ...]:
    """The PMIDs of a feed's items, in their order, each once.

    Raises:
        PayloadError: the body is no RSS 2.0 feed (an HTML page parses as an empty one), is cut off, or has an item
            without a PMID.
    """
    try:
        feed = feedparser.parse(body)
    except (ValueError, LookupError, AssertionError):  # what feedparser raises for bytes in no encoding that it knows
        raise PayloadError("the answer is not a feed that can be read", retryable=True) from None
    if feed.get("version") != "rss20":
        raise PayloadError("the answer is not an RSS 2.0 feed", retryable=True)
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        raise PayloadError("the feed is cut off or malformed", retryable=True)
    return tuple(dict.fromkeys(_pmid(entry) for entry in feed.entries))


def _pmid(entry: Any) -> Pmid:
    found = _GUID.fullmatch(entry.get("id", ""))
    if not found:
        raise PayloadError(f"an item of the feed names no PMID in its guid: {entry.get('title', '')[:80]!r}")
    return Pmid(int(found.group(1)))
