"""A feed as RFC 4287 wants it, and as a feed reader reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import feedparser
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

ONCE = {
    "feed": {"id", "title", "updated", "subtitle", "generator", "icon", "logo", "rights"},
    "entry": {"id", "title", "updated", "published", "summary", "content", "rights", "source"},
}
"""Elements that may stand once."""

MUST = {"id", "title", "updated"}

KNOWN = {
    "feed": ONCE["feed"] | {"author", "category", "contributor", "link", "entry"},
    "entry": ONCE["entry"] | {"author", "category", "contributor", "link"},
}


def faults(document: bytes) -> list[str]:
    """What of a feed is not as RFC 4287 wants it."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.tag != f"{ATOM}feed":
        return [f"the root is {root.tag}"]
    entries = root.findall(f"{ATOM}entry")
    found = [*_of("feed", root), *(fault for entry in entries for fault in _of("entry", entry))]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) < len(ids):
        found.append("an identifier stands twice")
    if root.find(f"{ATOM}author") is None and any(entry.find(f"{ATOM}author") is None for entry in entries):
        found.append("an entry has no author, and the feed has none")
    if not root.findall(f"{ATOM}link[@rel='self']"):
        found.append("there is no link to the feed itself")
    return found


def _of(kind: str, element: Any) -> Iterator[str]:
    names = [child.tag.removeprefix(ATOM) for child in element]
    yield from (f"{kind} has no {name}" for name in MUST - set(names))
    yield from (f"{kind} has {name} {names.count(name)} times" for name in ONCE[kind] if names.count(name) > 1)
    yield from (f"{kind} may not hold {name}" for name in set(names) - KNOWN[kind])
    for child in element:
        yield from _of_child(child, child.tag.removeprefix(ATOM), child.text or "")
    if kind == "entry" and not element.findall(f"{ATOM}link[@rel='alternate']") and "content" not in names:
        yield "an entry has neither content nor a link to it"
    alternates = [(link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link[@rel='alternate']")]
    if len(set(alternates)) < len(alternates):
        yield "two links to the same kind of page"


def _of_child(child: Any, name: str, text: str) -> Iterator[str]:
    if name in ("updated", "published") and not MOMENT.fullmatch(text):
        yield f"{text!r} is no moment"
    if name == "id" and not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", text):
        yield f"{text!r} is no IRI"
    if name == "title" and not text.strip():
        yield "a title is empty"
    if name in ("title", "summary") and child.get("type", "text") == "text" and len(child):
        yield f"{name} holds elements"
    if name == "author" and not child.findtext(f"{ATOM}name"):
        yield "an author has no name"
    if name == "link" and urlsplit(child.get("href", "")).scheme not in ("http", "https"):
        yield f"a link leads to {child.get('href')!r}"
    if name == "category" and not child.get("term"):
        yield "a category has no term"


def entries(document: bytes) -> list[Any]:
    """The entries as feedparser reads them."""
    read = feedparser.parse(document)
    assert not read.bozo, read.bozo_exception
    assert read.version == "atom10"
    return list(read.entries)
