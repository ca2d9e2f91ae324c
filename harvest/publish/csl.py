"""Studies as CSL-JSON, which citation processors (citeproc, Pandoc, Zotero) read."""

from __future__ import annotations

import json
from typing import Any

from harvest.publish.record import Person, Record, Vocabulary
from harvest.publish.wording import PUBMED, day_of, notes, one_line, page_range, subjects, title_of

_LANGUAGES = {
    **{"eng": "en", "ger": "de", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "dut": "nl", "rus": "ru"},
    **{"chi": "zh", "jpn": "ja", "kor": "ko", "pol": "pl", "tur": "tr", "hun": "hu", "cze": "cs", "dan": "da"},
    **{"swe": "sv", "nor": "no", "fin": "fi", "gre": "el", "heb": "he", "ara": "ar", "per": "fa", "ukr": "uk"},
}
"""Languages as PubMed and as CSL call them; another one is given as PubMed has it."""


def csl(record: Record, vocabulary: Vocabulary) -> str:
    """A study as an item of CSL-JSON on one line."""
    return json.dumps(item(record, vocabulary), ensure_ascii=False)


def item(record: Record, vocabulary: Vocabulary) -> dict[str, Any]:
    """A study as an item of CSL; what is not known is left out."""
    when = day_of(record)
    pages = page_range(record.pages)
    said: dict[str, Any] = {
        "id": f"pmid{record.pmid}",
        "type": _type(record),
        "title": one_line(title_of(record)),
        "author": [_name(person) for person in record.of_role("author")],
        "editor": [_name(person) for person in record.of_role("editor")],
        "container-title": record.journal,
        "container-title-short": record.journal_abbreviation,
        "issued": {"date-parts": [[int(part) for part in when if part]]} if when else None,
        "volume": record.volume,
        "issue": record.issue,
        "page": "-".join(page for page in pages if page) if pages else None,
        "ISSN": record.issn,
        "DOI": record.doi,
        "PMID": str(record.pmid),
        "PMCID": record.pmcid,
        "URL": PUBMED.format(record.pmid),
        "source": "PubMed",
        "status": "retracted" if record.is_retracted else None,
        "language": _language(record.language),
        "abstract": record.abstract,
        "keyword": ", ".join(subjects(record)),
        "note": "\n".join(notes(record, vocabulary)),
    }
    return {name: value for name, value in said.items() if value} | {"custom": _custom(record)}


def _type(record: Record) -> str:
    if record.kind == "book":
        return "chapter" if record.journal else "book"
    return "article" if record.is_preprint else "article-journal"


def _language(languages: str | None) -> str | None:
    first = (languages or "").split(", ")[0]
    return _LANGUAGES.get(first, first) or None


def _custom(record: Record) -> dict[str, Any]:
    """What CSL has no field for: its field ``custom`` may hold anything."""
    said = {
        "notice": record.notice,
        "relevance": record.relevance,
        "species": record.species,
        "design": record.design,
        "participants": record.participants,
        "follow_up_days": record.follow_up_days,
        "tags": [f"{tag.facet}/{tag.tag}" for tag in record.tags],
        "findings": {f"{tag.facet}/{tag.tag}": tag.finding for tag in record.tags if tag.finding},
    }
    return {name: value for name, value in said.items() if value not in (None, [], {})}


def _name(person: Person) -> dict[str, str]:
    """A person by the parts of the name, a group by its name as it is."""
    if person.collective_name or not person.last_name:
        return {"literal": one_line(person.name)}
    parts = {"family": person.last_name, "given": person.given, "suffix": person.suffix}
    return {part: one_line(name) for part, name in parts.items() if name}
