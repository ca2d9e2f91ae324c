"""A study as rows: which field goes into which column. Pure; the store writes what stands here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harvest.model import Author, Evidence, Study, Tag, cited_doi

Row = tuple[Any, ...]

NUMBERS = ("participants", "follow_up_days")
"""The facets of numbers, which are columns of ``studies``."""

VALUES = ("relevance", "species", "design", *NUMBERS)
"""The facets of which a study has one value at most, as columns of ``studies``."""


COLUMNS = (
    "pmid",
    "title",
    "abstract",
    "journal",
    "publication_date",
    "publication_year",
    "entered",
    "revised",
    "doi",
    "pmcid",
    "language",
    "first_seen",
    "keywords",
    "mesh",
    "vernacular_title",
    "journal_abbreviation",
    "nlm_unique_id",
    "issn",
    "volume",
    "issue",
    "pages",
    "publication_date_text",
    "electronic_date",
    "publication_model",
    "publication_status",
    "completed",
    "kind",
    "status",
    "indexing_method",
    "version",
    "copyright",
    "conflict_of_interest",
    "authors_complete",
    "fingerprint",
)
"""The columns of ``studies`` that a record fills; the tagger, links and checks fill the others."""


def study_row(study: Study, first_seen: str) -> Row:
    """The study's row in ``studies``, in the order of ``COLUMNS``."""
    return (
        study.pmid,
        study.title,
        study.abstract,
        study.journal,
        study.publication_date,
        int(study.publication_date[:4]) if study.publication_date else None,
        study.entered,
        study.revised,
        study.doi,
        study.pmcid,
        ", ".join(study.languages) or None,
        first_seen,
        "; ".join(keyword.text for keyword in study.keywords) or None,
        "; ".join(heading.name for heading in study.mesh) or None,
        study.vernacular_title,
        study.journal_abbreviation,
        study.nlm_unique_id,
        study.issn,
        study.volume,
        study.issue,
        study.pages,
        study.publication_date_text,
        study.electronic_date,
        study.publication_model,
        study.publication_status,
        study.completed,
        study.kind,
        study.status,
        study.indexing_method,
        study.version,
        study.copyright,
        study.conflict_of_interest,
        int(study.authors_complete),
        study.fingerprint,
    )


@dataclass(frozen=True, slots=True)
class Child:
    """A table whose rows belong to a study: its columns after ``pmid`` and the rows of one study."""

    table: str
    columns: tuple[str, ...]
    rows: Callable[[Study], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table of things that many studies share; of two names that of the study revised last stands.

    The first column is the key; the column ``reference`` of the table ``users`` holds it for each study.
    """

    table: str
    columns: tuple[str, ...]
    rows: Callable[[Study], Iterable[Row]]
    users: str
    reference: str


def author_id(author: Author) -> int:
    """A number for the way an author's name is printed: the same in every database, whatever came first.

    It has 52 bits, so that it survives JSON in every language.
    """
    printed = "\x1f".join(part or "" for part in _printed(author))
    return int.from_bytes(hashlib.blake2b(printed.encode("utf-8", "surrogatepass"), digest_size=7).digest()) >> 4


def _printed(author: Author) -> tuple[str | None, ...]:
    return (
        author.last_name,
        author.fore_name,
        author.initials,
        author.suffix,
        author.collective_name,
        author.orcid,
    )


def _display_name(author: Author) -> str:
    if author.collective_name:
        return author.collective_name
    return " ".join(filter(None, (author.last_name, author.fore_name or author.initials, author.suffix)))


def _numbered(values: Iterable[Row]) -> Iterator[Row]:
    return ((position, *value) for position, value in enumerate(values, 1))


def _mesh_rows(study: Study) -> Iterator[Row]:
    """A row for each qualifier of each heading, one for a heading without."""
    for heading in study.mesh:
        common = (heading.ui, int(heading.major))
        if not heading.qualifiers:
            yield (*common, None, None, int(heading.descriptor_major), None)
        for qualifier in heading.qualifiers:
            yield (*common, qualifier.name, qualifier.ui, int(heading.descriptor_major), int(qualifier.major))


LOOKUPS = (
    Lookup(
        "authors",
        ("id", "name", "last_name", "fore_name", "initials", "suffix", "collective_name", "orcid"),
        lambda s: ((author_id(a), _display_name(a), *_printed(a)) for a in s.authors),
        "study_authors",
        "author_id",
    ),
    Lookup("mesh_headings", ("ui", "name"), lambda s: ((h.ui, h.name) for h in s.mesh), "study_mesh", "ui"),
    Lookup(
        "substances",
        ("ui", "name", "registry_number"),
        lambda s: ((x.ui, x.name, x.registry_number) for x in s.substances),
        "study_substances",
        "ui",
    ),
    Lookup(
        "publication_types",
        ("ui", "name"),
        lambda s: ((t.ui, t.name) for t in s.publication_types),
        "study_publication_types",
        "ui",
    ),
)

CHILDREN = (
    Child(
        "sections",
        ("section", "label", "category", "text"),
        lambda s: ((x.number, x.label, x.category, x.text) for x in s.sections),
    ),
    Child(
        "other_abstracts",
        ("position", "type", "language", "text"),
        lambda s: _numbered((x.type, x.language, x.text) for x in s.other_abstracts),
    ),
    Child(
        "study_authors",
        ("position", "author_id", "role", "affiliation"),
        lambda s: _numbered((author_id(a), a.role, "; ".join(a.affiliations) or None) for a in s.authors),
    ),
    Child(
        "study_mesh",
        ("position", "ui", "major", "qualifier", "qualifier_ui", "descriptor_major", "qualifier_major"),
        lambda s: _numbered(_mesh_rows(s)),
    ),
    Child(
        "supplementary_concepts",
        ("position", "ui", "name", "type"),
        lambda s: _numbered((x.ui, x.name, x.type) for x in s.supplementary),
    ),
    Child(
        "study_keywords",
        ("position", "keyword", "owner", "major"),
        lambda s: _numbered((k.text, k.owner, int(k.major)) for k in s.keywords),
    ),
    Child("study_substances", ("position", "ui"), lambda s: _numbered((x.ui,) for x in s.substances)),
    Child("study_publication_types", ("position", "ui"), lambda s: _numbered((t.ui,) for t in s.publication_types)),
    Child(
        "trials",
        ("position", "registry", "accession", "origin"),
        lambda s: _numbered((t.registry, t.accession, t.origin) for t in s.trials),
    ),
    Child(
        "grants",
        ("position", "grant_id", "acronym", "agency", "country"),
        lambda s: _numbered((g.grant_id, g.acronym, g.agency, g.country) for g in s.grants),
    ),
    Child(
        "links",
        ("position", "kind", "other_pmid", "citation", "note", "doi"),
        lambda s: _numbered((x.kind, x.other_pmid, x.citation, x.note, cited_doi(x.citation)) for x in s.links),
    ),
    Child("article_ids", ("position", "type", "value"), lambda s: _numbered((i.type, i.value) for i in s.article_ids)),
    Child("history", ("position", "status", "date"), lambda s: _numbered((h.status, h.date) for h in s.history)),
)


EVIDENCE = ("pmid", "facet", "tag", "position", "role", *Evidence._fields)
"""The columns of ``tag_evidence``."""


@dataclass(frozen=True, slots=True)
class TagRows:
    """The tags of the study ``pmid`` as rows.

    ``tags`` are those of ``study_tags``, ``evidence`` those of ``tag_evidence``, and ``values`` what ``studies`` holds
    itself, in the order of ``VALUES``.
    """

    pmid: int
    tags: list[Row]
    evidence: list[Row]
    values: Row

    @classmethod
    def of(cls, pmid: int, tags: Sequence[Tag]) -> TagRows:
        """The rows of a study's tags."""
        numbers = {tag.facet: int(tag.tag) for tag in tags if tag.facet in NUMBERS}
        values: dict[str, Any] = {tag.facet: tag.tag for tag in tags} | numbers
        return cls(
            pmid,
            [(pmid, tag.facet, tag.tag, tag.basis, tag.finding) for tag in tags if tag.facet not in NUMBERS],
            [row for tag in tags for row in _evidence_rows(pmid, tag)],
            tuple(values.get(column) for column in VALUES),
        )


def _evidence_rows(pmid: int, tag: Tag) -> list[Row]:
    """The rows of a tag's evidence, in the order of ``EVIDENCE``."""
    facet, slug = tag.facet, tag.tag
    rows: list[Row] = [(pmid, facet, slug, position, "tag", *one) for position, one in enumerate(tag.evidence, 1)]
    if tag.finding_evidence:
        rows.append((pmid, facet, slug, len(rows) + 1, "finding", *tag.finding_evidence))
    return rows
