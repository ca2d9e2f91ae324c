"""A study as it is cited: in the style that medical journals ask for (Vancouver, as in NLM's Citing Medicine)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

AUTHORS = 6
"""How many authors are named before "et al."."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def citation(study: Mapping[str, Any], authors: Sequence[Mapping[str, Any]], notices: Iterable[str] = ()) -> str:
    """A study in one line of plain text; what is not known is left out.

    Args:
        study: the row of the study.
        authors: the rows of its authors in their order.
        notices: what PubMed says of its standing, such as where it was retracted.
    """
    parts = [
        _authors(authors, bool(study["authors_complete"])),
        study["title"],
        study["journal_abbreviation"] or study["journal"],
        _issue(study),
        study["doi"] and f"doi: {study['doi']}",
        f"PMID: {study['pmid']}",
        study["pmcid"] and f"PMCID: {study['pmcid']}",
        *notices,
    ]
    return " ".join(_ended(part) for part in parts if part)


def _ended(part: str) -> str:
    return part if part.endswith((".", "?", "!")) else f"{part}."


def _authors(authors: Sequence[Mapping[str, Any]], is_complete: bool) -> str:
    names = [_name(author) for author in authors[:AUTHORS]]
    if names and (len(authors) > AUTHORS or not is_complete):
        names.append("et al")
    return ", ".join(names)


def _name(author: Mapping[str, Any]) -> str:
    """The last name with initials, or a group's name as it is."""
    if author["collective_name"] or not author["last_name"]:
        return str(author["name"])
    return " ".join(filter(None, (author["last_name"], author["initials"], author["suffix"])))


def _issue(study: Mapping[str, Any]) -> str:
    """``2026 Nov 3;12(3):45-51``."""
    told = day(study["publication_date"]) or study["publication_date_text"] or ""
    issue = f"({study['issue']})" if study["issue"] else ""
    if study["volume"] or issue:
        told += f";{study['volume'] or ''}{issue}"
    return told + (f":{study['pages']}" if study["pages"] else "")


def day(date: str | None) -> str | None:
    """An ISO date as it is cited: ``2026 Nov 3``, ``2026 Nov`` or ``2026``."""
    if not date:
        return None
    year, *rest = date.split("-")
    return " ".join([year, *(_MONTHS[int(month) - 1] for month in rest[:1]), *(str(int(one)) for one in rest[1:])])
