"""HTML as a browser reads it: its errors, its elements, and what in it could run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

SCRIPTS = {"application/json", "application/ld+json"}
"""Types of script elements that only carry data."""

ADDRESSES = (
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "data",
    "srcset",
    "ping",
    "background",
    "cite",
    "manifest",
)
"""Attributes that a browser follows or loads."""

SAFE = re.compile(r"(https?:|mailto:)?[^:]*([/?#].*)?", re.DOTALL)
"""An address on this site or of a scheme that cannot run anything."""


class Page:
    """A page, parsed as the HTML standard says."""

    def __init__(self, text: str) -> None:
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
        self.root: Element = parser.parse(text)
        self.errors = [f"line {line}: {code} {told or ''}".strip() for (line, _), code, told in parser.errors]

    def elements(self, *names: str) -> Iterator[Element]:
        """The elements of these names, or all of them."""
        return (one for one in self.root.iter() if isinstance(one.tag, str) and (not names or one.tag in names))

    def links(self) -> list[str]:
        """Where the page leads, once each, in its order."""
        return list(dict.fromkeys(one.attrib["href"] for one in self.elements("a", "area") if "href" in one.attrib))

    @property
    def ids(self) -> Counter[str]:
        """The identifiers of the page's elements, and how often each is given."""
        return Counter(one.attrib["id"] for one in self.elements() if "id" in one.attrib)

    def faults(self) -> list[str]:
        """What is not valid: errors of parsing, identifiers given twice, references to none."""
        ids = self.ids
        twice = [f"id {name!r} {count} times" for name, count in ids.items() if count > 1]
        lost = [f"{name}={value!r} is no id" for name, value in self._references() if value not in ids]
        return [*self.errors, *twice, *lost]

    def _references(self) -> Iterator[tuple[str, str]]:
        for one in self.elements():
            for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
                yield from ((name, value) for value in one.attrib.get(name, "").split())
            if one.attrib.get("href", "").startswith("#") and one.attrib["href"] != "#":
                yield "href", one.attrib["href"][1:]

    def dangers(self) -> list[str]:
        """What could run or ask another place: handlers, unsafe addresses, frames, foreign scripts and forms."""
        return [danger for one in self.elements() for danger in _dangers(one)]


def _dangers(one: Element) -> Iterator[str]:
    if one.tag in ("iframe", "frame", "object", "embed", "base", "applet") or "http-equiv" in one.attrib:
        yield f"<{one.tag}>"
    for name, value in one.attrib.items():
        if name.startswith("on") or name in ("style", "srcdoc", "autofocus"):
            yield f"<{one.tag} {name}={value!r}>"
        if name in ADDRESSES and not _is_safe(one, value):
            yield f"<{one.tag} {name}={value!r}>"


def _is_safe(one: Element, address: str) -> bool:
    """Whether an address is this site's or, of a link, at least cannot run."""
    if one.tag == "a":
        return SAFE.fullmatch(address) is not None
    return re.match(r"/(?!/)|\?|#|$", address) is not None
