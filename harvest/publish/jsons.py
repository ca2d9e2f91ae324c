"""Studies as JSON: the shapes that ``harvest.publish.schema`` describes, which grow but do not change."""

from __future__ import annotations

import json
from typing import Any

from harvest.catalogue.lookup import FINDINGS
from harvest.catalogue.overview import narrower
from harvest.catalogue.sets import Reads, Sets, Tag
from harvest.publish.record import Person, Record
from harvest.publish.wording import PUBMED

_BRIEF = (
    *("pmid", "title", "journal", "publication_date", "entered", "doi", "notice", "relevance", "species", "design"),
    *("participants", "follow_up_days"),
)

_OWN = (
    *("pmid", "kind", "title", "notice", "abstract", "journal", "journal_abbreviation", "issn", "publication_date"),
    *("publication_year", "volume", "issue", "pages", "doi", "pmcid", "language", "entered", "revised", "first_seen"),
    *("missing_since", "relevance", "species", "design", "participants", "follow_up_days"),
)

_PARTS = {
    "sections": "SELECT section, label, category, text FROM sections WHERE pmid = ? ORDER BY section",
    "evidence": """
        SELECT facet, tag, role, basis, section, phrase, "start", "end", source_id FROM tag_evidence WHERE pmid = ?
        ORDER BY facet, tag, position
    """,
    "links": "SELECT kind, other_pmid AS pmid, doi, citation, note FROM links WHERE pmid = ? ORDER BY position",
    "trials": "SELECT DISTINCT registry, accession FROM trials WHERE pmid = ? ORDER BY position",
}

_ACCURACY = """
SELECT facet, tag, measured_on, n, positives, precision, recall, f1, low, high FROM tag_accuracy
WHERE (facet IN (?1, 'finding') AND tag = ?2) OR (facet = ?1 AND tag = '(all)') ORDER BY facet, tag, measured_on
"""


def line(record: Record) -> str:
    """A study as JSON on one line."""
    return json.dumps(study(record), ensure_ascii=False)


def study(record: Record) -> dict[str, Any]:
    """All that is taken away of a study; every key is there, what is not known is null."""
    return {
        **{name: getattr(record, name) for name in _OWN},
        "authors": [_person(person) for person in record.people],
        "authors_complete": bool(record.authors_complete),
        "tags": tags(record),
        "keywords": list(record.keywords),
        "mesh": list(record.mesh),
        "publication_types": list(record.publication_types),
        "notices": [notice._asdict() for notice in record.notices],
        "pubmed": PUBMED.format(record.pmid),
    }


def brief(record: Record) -> dict[str, Any]:
    """What a list tells of a study."""
    return {**{name: getattr(record, name) for name in _BRIEF}, "tags": tags(record)}


def tags(record: Record) -> list[dict[str, Any]]:
    """The tags of a study."""
    return [{name: getattr(one, name) for name in ("facet", "tag", "label", "basis", "finding")} for one in record.tags]


def in_full(conn: Reads, record: Record) -> dict[str, Any]:
    """A study with its text in sections and what its tags rest on; the rows of the connection are known by name."""
    parts = {name: list(map(dict, conn.execute(sql, (record.pmid,)))) for name, sql in _PARTS.items()}
    return study(record) | parts


def tag(conn: Reads, sets: Sets, of: Tag) -> dict[str, Any]:
    """A tag, its studies counted; the rows of the connection are known by name."""
    key = of.facet, of.slug
    found = {finding: sets.found(*key, finding).bit_count() for finding in FINDINGS}
    return {
        "facet": of.facet,
        "tag": of.slug,
        "label": of.label,
        "definition": of.definition,
        "parents": list(of.parents),
        "narrower": [one.slug for one in narrower(sets, of)],
        "synonyms": list(of.synonyms),
        "studies": sets.tagged(*key).bit_count(),
        "findings": {finding: count for finding, count in found.items() if count},
        "accuracy": list(map(dict, conn.execute(_ACCURACY, key))),
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "role": person.role,
        "name": person.name,
        "last_name": person.last_name,
        "fore_name": person.fore_name,
        "initials": person.initials,
        "suffix": person.suffix,
        "group": person.collective_name,
        "orcid": person.orcid,
    }
