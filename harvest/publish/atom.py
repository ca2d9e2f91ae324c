"""Feeds in Atom (RFC 4287): the newest of some studies, and those of them that were found to be retracted.

A study stands in a feed once, under an identifier of its own, since the moment in which it first came here; a revision
changes neither. When a retraction is noticed the study comes anew, under the identifier of that event. Identifiers do
not depend on where the site is served.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote

from lxml import etree

from harvest.catalogue.sets import Reads, Sets
from harvest.publish.record import Record, Vocabulary
from harvest.publish.selection import Selection
from harvest.publish.wording import PUBMED, notes, one_line, title_of

NAMESPACE = "http://www.w3.org/2005/Atom"

ENTRIES = 50
"""How many studies a feed has at most."""

FEW = 500
"""Of so many studies the newest are looked for among them, of more in the order of all."""

BEGINNING = 400
"""Characters of an abstract that an entry shows."""

AUTHORS = 10
"""Authors that an entry names."""

NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries of a database without studies was last changed."""

_AUTHORITY = "harvest.invalid,2026"
"""Who issues the identifiers (RFC 4151): a name that nobody can own, so that they mean the same on every site."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NEWEST = "SELECT first_seen, entered, pmid FROM studies ORDER BY first_seen DESC, entered DESC, pmid DESC"

_OF_FEW = "SELECT first_seen, entered, pmid FROM studies WHERE pmid IN (SELECT value FROM json_each(?))"

_RETRACTIONS = """
SELECT max(changed_at), entered, pmid FROM studies CROSS JOIN changes USING (pmid)
WHERE notice = 'retracted' AND field = 'notice' AND new = 'retracted' GROUP BY pmid
"""


class Event(NamedTuple):
    """Why a study stands in a feed: it came here, or its retraction was noticed."""

    moment: str
    entered: str
    pmid: int
    is_retraction: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself.

    Attributes:
        topic: the name of the database, which identifiers begin with.
        key: what the feed is of, which its identifier ends with.
        title: what it is called.
        author: who publishes it.
        own: its address.
        page: the address of the same as a page.
        study: the address of the page of a study.
        changed: when anything last came here.
    """

    topic: str
    key: str
    title: str
    author: str
    own: str
    page: str
    study: Callable[[int], str]
    changed: str | None


def newest(sets: Sets, conn: Reads, selection: Selection, count: int = ENTRIES) -> list[Event]:
    """The newest events of some studies, the last first; a study has one."""
    noticed = {pmid: Event(moment, entered or "", pmid, True) for moment, entered, pmid in conn.execute(_RETRACTIONS)}
    retracted = [noticed[pmid] for pmid in sets.all(sets.of(noticed) & selection.with_retracted)]
    told = {event.pmid for event in retracted}
    others = (pmid for pmid in selection.pmids if pmid not in told)
    return sorted([*retracted, *islice(_come(conn, list(others)), count)], reverse=True)[:count]


def _come(conn: Reads, pmids: Sequence[int]) -> Iterator[Event]:
    """When studies came here, the last first."""
    if len(pmids) <= FEW:
        yield from sorted((_coming(*row) for row in conn.execute(_OF_FEW, (json.dumps(pmids),))), reverse=True)
        return
    wanted = set(pmids)
    yield from (_coming(*row) for row in conn.execute(_NEWEST) if row[2] in wanted)


def _coming(moment: str, entered: str | None, pmid: int) -> Event:
    return Event(moment, entered or "", pmid, False)


def feed(about: Feed, events: Iterable[Event], records: Iterable[Record], vocabulary: Vocabulary) -> bytes:
    """A feed as a document.

    Args:
        about: what it says of itself.
        events: why each study stands in it, the last first.
        records: the studies.
        vocabulary: the published taxonomy.
    """
    held = {record.pmid: record for record in records}
    told = [event for event in events if event.pmid in held]
    root = etree.Element(_named("feed"), nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # the stubs know no default namespace
    _add(root, "id", identifier(about.topic, f"search?{about.key}" if about.key else "search"))
    _add(root, "title", about.title)
    _add(root, "updated", max((event.moment for event in told), default=about.changed or NEVER))
    _add(_add(root, "author"), "name", about.author)
    _add(root, "link", rel="self", type="application/atom+xml", href=about.own)
    _add(root, "link", rel="alternate", type="text/html", href=about.page)
    for event in told:
        _add_entry(root, about, event, held[event.pmid], vocabulary)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return document


def identifier(topic: str, what: str) -> str:
    """An identifier that stays the same wherever the site is served (a ``tag:`` URI)."""
    return f"tag:{_AUTHORITY}:{quote(topic, safe='')}/{quote(what, safe='/?&=%+:')}"


def _add_entry(root: etree._Element, about: Feed, event: Event, record: Record, vocabulary: Vocabulary) -> None:
    entry = _add(root, "entry")
    what = f"study/{record.pmid}" + (f"/retracted/{event.moment}" if event.is_retraction else "")
    _add(entry, "id", identifier(about.topic, what))
    _add(entry, "title", one_line(title_of(record)) or "Untitled record")
    _add(entry, "updated", event.moment)
    _add(entry, "published", record.first_seen)
    _add(entry, "link", rel="alternate", type="text/html", href=about.study(record.pmid))
    _add(entry, "link", rel="related", type="text/html", href=PUBMED.format(record.pmid))
    for person in record.of_role("author")[:AUTHORS]:
        _add(_add(entry, "author"), "name", person.name)
    for tag in record.tags:
        _add(entry, "category", term=f"{tag.facet}/{tag.tag}", label=tag.label)
    _add(entry, "summary", _summary(record, vocabulary), type="text")


def _summary(record: Record, vocabulary: Vocabulary) -> str:
    """Where a study was published, what is noted of it, and how its abstract begins."""
    printed = " · ".join(filter(None, (record.journal, record.publication_date)))
    return "\n".join(filter(None, (printed, *notes(record, vocabulary), _beginning(record.abstract))))


def _beginning(abstract: str | None) -> str:
    if not abstract:
        return "No abstract in PubMed."
    line = one_line(abstract)
    return line if len(line) <= BEGINNING else f"{line[:BEGINNING].rsplit(maxsplit=1)[0]} …"


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    """An element within another; what XML cannot hold is shown as missing."""
    kept = {key: _NOT_XML.sub("\ufffd", value) for key, value in attributes.items()}
    element = etree.SubElement(parent, _named(name), kept)
    element.text = None if text is None else _NOT_XML.sub("\ufffd", text)
    return element
