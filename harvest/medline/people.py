"""The people of a study: authors, editors and investigators, with affiliations that carry no e-mail address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal
from xml.etree.ElementTree import Element

from harvest.medline import markup
from harvest.model import Author

Role = Literal["author", "editor", "investigator"]

_ORCID = re.compile(r"(?<!\d)(\d{4})[-\s]?(\d{4})[-\s]?(\d{4})[-\s]?(\d{3}[\dXx])(?!\w)", re.ASCII)

_ANNOUNCED = r"(?:\b(?:electronic address(?:es)?|e-?mail(?: address(?:es)?)?|mailto)\s?[:-]?\s?)?"
# possessive groups would be plainer here, but Python before 3.11.5 mismatches them (CPython gh-106052)
_WORD = r"""[^\s()\[\]<>{},;:"@＠.]*+"""
_RUN = rf"""{_WORD}(?:[.](?=[^\s()\[\]<>{{}},;:"]){_WORD})*"""
_EMAIL = re.compile(rf"""{_ANNOUNCED}(?<![^\s()\[\]<>{{}},;:"]){_RUN}(?:\s?[@＠]\s?{_RUN})+""", re.IGNORECASE)

# what an address leaves behind, in the order in which it is cleared away
_LEFT_BEHIND = (
    (re.compile(r"[(\[<{][\s,;:]{0,20}[)\]>}]"), " "),
    (re.compile(r"(?<![\s,;:–-])(?:[\s,;:–-]|\band\b)+(?=[.]|$)"), ""),
    (re.compile(r"(?<![\s,;])\s*+([,;])(?:\s?[,;])+"), r"\1"),
    (re.compile(r"[.](?:\s?[.])+"), "."),
    (re.compile(r"(?<!\s)\s++(?=[.,;])|^[\s.,;:]++"), ""),
)


def people(lists: Iterable[tuple[Role, Element]]) -> Iterator[Author]:
    """Everyone in some AuthorLists or InvestigatorLists, in order; an entry without any name is no one."""
    for role, entries in lists:
        for entry in entries:
            person = _person(role, entry)
            if person.collective_name or person.last_name or person.fore_name:
                yield person


def without_emails(affiliation: str) -> str:
    """An affiliation without e-mail addresses, the words that announce them and the punctuation they leave behind."""
    if "@" not in affiliation and "＠" not in affiliation:
        return affiliation
    tidy = _EMAIL.sub("", affiliation)
    for pattern, replacement in _LEFT_BEHIND:
        tidy = pattern.sub(replacement, tidy)
    return " ".join(tidy.split())


def _person(role: Role, entry: Element) -> Author:
    said: dict[str, str] = {}
    orcid = None
    affiliations: list[str] = []
    for child in entry:
        match child.tag:
            case "AffiliationInfo":
                affiliations += (markup.text(part) for part in child if part.tag == "Affiliation")
            case "Affiliation":  # where it stood before 2015
                affiliations.append(markup.text(child))
            case "Identifier":
                orcid = orcid or _orcid(child)
            case name:
                said[name] = markup.text(child)
    return Author(
        role=role,
        last_name=said.get("LastName") or None,
        fore_name=said.get("ForeName") or said.get("FirstName") or None,
        initials=said.get("Initials") or None,
        suffix=said.get("Suffix") or None,
        collective_name=said.get("CollectiveName") or None,
        orcid=orcid,
        affiliations=tuple(dict.fromkeys(filter(None, map(without_emails, affiliations)))),
    )


def _orcid(identifier: Element) -> str | None:
    """The bare ORCID of an identifier, given as such, without hyphens or as an address."""
    found = _ORCID.search(identifier.text or "")
    if found is None or identifier.get("Source", "").upper() != "ORCID":
        return None
    return "-".join(found.groups()).upper()
