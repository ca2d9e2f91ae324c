"""What a study is, as frozen values without I/O.

Field names follow the MEDLINE/PubMed DTD (pubmed_250101). Dates are ISO text at the precision that PubMed states:
``2019``, ``2019-11`` or ``2019-11-03``; a date that PubMed does not state is ``None``. Text is plain Unicode: inline
markup is turned into readable text by ``harvest.medline`` and white space is collapsed, nothing else is changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, NewType, Protocol

import msgspec

Pmid = NewType("Pmid", int)
"""A PubMed identifier, the identity of a study."""

SAMPLE_PMIDS = range(970_000_000, 980_000_000)
"""PMIDs of invented records: nine digits, far above any that PubMed has issued (about 43 million in 2026)."""

Notice = Literal["none", "retracted", "concern", "corrected"]
"""The gravest thing that PubMed says of a study's standing."""

INVERSE_LINK = {
    "CommentIn": "CommentOn",
    "CorrectedandRepublishedIn": "CorrectedandRepublishedFrom",
    "ErratumIn": "ErratumFor",
    "ExpressionOfConcernIn": "ExpressionOfConcernFor",
    "RepublishedIn": "RepublishedFrom",
    "RetractedandRepublishedIn": "RetractedandRepublishedFrom",
    "RetractionIn": "RetractionOf",
    "ReprintIn": "ReprintOf",
    "SummaryForPatientsIn": "OriginalReportIn",
    "UpdateIn": "UpdateOf",
}
"""What the other end of a link is called: PubMed's RefTypes in pairs (DTD pubmed_250101), in both directions."""
INVERSE_LINK |= {other: kind for kind, other in INVERSE_LINK.items()}

NOTICE_OF_LINK: dict[str, Notice] = {
    "RetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
}
"""What a link of each kind says of the standing of the study that it stands on; other kinds say nothing of it."""

RETRACTED_PUBLICATION = "D016441"
"""The MeSH identifier of the publication type Retracted Publication."""

_encoded = msgspec.json.Encoder().encode
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")

Basis = Literal["text", "mesh", "keyword", "publication-type", "curated"]
"""What a tag rests on."""

FacetKind = Literal["list", "single", "number"]
"""What a facet holds of a study: any number of tags, at most one, or a number."""

Finding = Literal["worse", "better", "no-change", "mixed", "unclear"]
"""What a record says of an effect that it is tagged with."""


def cited_doi(citation: str) -> str | None:
    """The DOI that a citation names, in lower case, or ``None``."""
    found = _DOI.search(citation)
    return found[0].rstrip(".,;)").lower() if found else None


def gravest(publication_types: Iterable[str], links: Iterable[str]) -> Notice:
    """What a study's publication types (by identifier) and links (by kind) say of its standing.

    Either may be present without the other: a retracted study may lack the publication type Retracted Publication.
    """
    said = {NOTICE_OF_LINK.get(kind, "none") for kind in links}
    if RETRACTED_PUBLICATION in publication_types or "retracted" in said:
        return "retracted"
    if "concern" in said:
        return "concern"
    return "corrected" if "corrected" in said else "none"


class Section(msgspec.Struct, frozen=True):
    """One labelled part of a study's text; ``number`` 0 is the title, 1 and up are the abstract's sections.

    ``label`` is as printed (``METHODS``), ``category`` is NLM's (``BACKGROUND``, ``OBJECTIVE``, ``METHODS``,
    ``RESULTS``, ``CONCLUSIONS``, ``UNASSIGNED``); both are ``None`` where PubMed states none.
    """

    number: int
    label: str | None
    category: str | None
    text: str


class OtherAbstract(msgspec.Struct, frozen=True):
    """A further abstract: a lay summary, another language or an agency's. ``type`` and ``language`` as in the DTD."""

    type: str
    language: str
    text: str


class Author(msgspec.Struct, frozen=True):
    """A person or a group on a study, in the order and role in which PubMed lists it.

    For a group ``collective_name`` is set and the personal names are ``None``. ``orcid`` is the bare identifier
    (``0000-0002-1825-0097``). ``affiliations`` hold no e-mail addresses.
    """

    role: Literal["author", "editor", "investigator"]
    last_name: str | None
    fore_name: str | None
    initials: str | None
    suffix: str | None
    collective_name: str | None
    orcid: str | None
    affiliations: tuple[str, ...]


class PublicationType(msgspec.Struct, frozen=True):
    """A publication type. ``ui`` is the MeSH identifier, or the name where an old record carries none."""

    ui: str
    name: str


class MeshQualifier(msgspec.Struct, frozen=True):
    """A MeSH qualifier (subheading) of a heading; ``major`` is its own star."""

    ui: str
    name: str
    major: bool


class MeshHeading(msgspec.Struct, frozen=True):
    """A MeSH descriptor with its qualifiers. ``descriptor_major`` is the descriptor's own star."""

    ui: str
    name: str
    descriptor_major: bool
    qualifiers: tuple[MeshQualifier, ...]

    @property
    def major(self) -> bool:
        """Whether the heading is a major topic: its descriptor or any of its qualifiers is starred (NLM's rule)."""
        return self.descriptor_major or any(qualifier.major for qualifier in self.qualifiers)


class Keyword(msgspec.Struct, frozen=True):
    """A keyword; ``owner`` ``NOTNLM`` marks the authors' own."""

    text: str
    owner: str
    major: bool


class Substance(msgspec.Struct, frozen=True):
    """A substance (Chemical). ``registry_number`` is a UNII, CAS or EC number, ``None`` where PubMed says ``0``."""

    ui: str
    name: str
    registry_number: str | None


class SupplementaryConcept(msgspec.Struct, frozen=True):
    """A supplementary MeSH concept: ``type`` is Disease, Protocol, Organism ..."""

    ui: str
    name: str
    type: str


class Trial(msgspec.Struct, frozen=True):
    """A trial registration. ``origin`` tells whether PubMed's data bank list or the abstract's text names it."""

    registry: str
    accession: str
    origin: Literal["databank", "abstract"]


class Grant(msgspec.Struct, frozen=True):
    """A grant that paid for the study."""

    grant_id: str | None
    acronym: str | None
    agency: str | None
    country: str | None


class Link(msgspec.Struct, frozen=True):
    """A correction, retraction, comment, update or other relation to another publication.

    ``kind`` is PubMed's RefType (``RetractionIn``, ``ErratumFor`` ...): "In" stands on the affected study and names the
    notice, "Of", "For", "From", "On" stand on the notice. ``other_pmid`` is ``None`` where PubMed gives none.
    """

    kind: str
    other_pmid: Pmid | None
    citation: str
    note: str | None


class ArticleId(msgspec.Struct, frozen=True):
    """One of the study's own identifiers, ``type`` as in the DTD: doi, pii, pmc, mid ..."""

    type: str
    value: str


class HistoryDate(msgspec.Struct, frozen=True):
    """A date of the study's history, ``status`` as in the DTD: received, accepted, entrez, pubmed, medline ..."""

    status: str
    date: str


class Study(msgspec.Struct, frozen=True, dict=True):
    """One PubMed record, article or book chapter, as PubMed describes it.

    ``sections[0]`` is always the title. ``entered`` is the day the record entered PubMed (the ``entrez`` date, CRDT),
    ``revised`` PubMed's DateRevised. ``publication_date`` is the earlier of the issue's and the electronic date;
    ``publication_date_text`` is the issue's date as printed.
    """

    pmid: Pmid
    version: int
    kind: Literal["article", "book"]
    status: str | None
    indexing_method: str | None
    sections: tuple[Section, ...]
    vernacular_title: str | None
    other_abstracts: tuple[OtherAbstract, ...]
    copyright: str | None
    languages: tuple[str, ...]
    journal: str | None
    journal_abbreviation: str | None
    nlm_unique_id: str | None
    issn: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    publication_model: str | None
    publication_status: str | None
    publication_date: str | None
    publication_date_text: str | None
    electronic_date: str | None
    entered: str | None
    revised: str | None
    completed: str | None
    doi: str | None
    pmcid: str | None
    authors: tuple[Author, ...]
    authors_complete: bool
    publication_types: tuple[PublicationType, ...]
    mesh: tuple[MeshHeading, ...]
    supplementary: tuple[SupplementaryConcept, ...]
    keywords: tuple[Keyword, ...]
    substances: tuple[Substance, ...]
    trials: tuple[Trial, ...]
    grants: tuple[Grant, ...]
    links: tuple[Link, ...]
    article_ids: tuple[ArticleId, ...]
    history: tuple[HistoryDate, ...]
    conflict_of_interest: str | None

    def __post_init__(self) -> None:
        _ = self.fingerprint  # by whoever reads, so that the one who stores has only to compare

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all fields, so that an unchanged record is known without comparing its rows."""
        return hashlib.blake2b(_encoded(self), digest_size=16).hexdigest()

    @property
    def title(self) -> str:
        """The title as PubMed gives it; empty where the record has none."""
        return self.sections[0].text

    @property
    def abstract(self) -> str | None:
        """The abstract's sections with their labels, joined by blank lines; ``None`` where PubMed has no abstract."""
        parts = (f"{s.label}: {s.text}" if s.label else s.text for s in self.sections[1:])
        return "\n\n".join(parts) or None

    @property
    def is_sample(self) -> bool:
        """Whether the record is an invented one of the sample corpus."""
        return self.pmid in SAMPLE_PMIDS


class Taggable(Protocol):
    """What of a study the tagger reads; a ``Study`` fresh from PubMed is one, and so is a ``StoredText``."""

    @property
    def pmid(self) -> Pmid: ...  # noqa: D102 - as in Study

    @property
    def sections(self) -> tuple[Section, ...]: ...  # noqa: D102 - as in Study

    @property
    def keywords(self) -> tuple[Keyword, ...]: ...  # noqa: D102 - as in Study

    @property
    def mesh(self) -> tuple[MeshHeading, ...]: ...  # noqa: D102 - as in Study

    @property
    def publication_types(self) -> tuple[PublicationType, ...]: ...  # noqa: D102 - as in Study

    @property
    def substances(self) -> tuple[Substance, ...]: ...  # noqa: D102 - as in Study


class StoredText(msgspec.Struct, frozen=True):
    """The part of a stored study that the tagger reads, so that re-tagging needs no PubMed."""

    pmid: Pmid
    sections: tuple[Section, ...]
    keywords: tuple[Keyword, ...]
    mesh: tuple[MeshHeading, ...]
    publication_types: tuple[PublicationType, ...]
    substances: tuple[Substance, ...]


@dataclass(frozen=True, slots=True)
class Deletion:
    """PubMed withdrew this record (``DeleteCitation``)."""

    pmid: Pmid


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the input that could not be read as it should: ``record`` says where, ``reason`` why."""

    record: str
    reason: str

    def __str__(self) -> str:
        return f"{self.record}: {self.reason}"


class Evidence(NamedTuple):
    """Why a tag was given; a tuple, since a study has dozens.

    For text, ``start`` and ``end`` are Python character offsets that cut ``phrase`` out of the text of section number
    ``section``. For MeSH and publication types ``source_id`` is the identifier and ``phrase`` its name; for a keyword
    ``phrase`` is the keyword.
    """

    basis: Basis
    phrase: str
    section: int | None = None
    start: int | None = None
    end: int | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a study with the evidence behind it, the strongest first; ``basis`` is that of the strongest.

    In a facet of numbers ``tag`` is the number. ``finding`` is what the record says of the effect, ``None`` in facets
    that have no findings, and ``finding_evidence`` is the sentence that says so.
    """

    facet: str
    tag: str
    evidence: tuple[Evidence, ...]
    finding: Finding | None = None
    finding_evidence: Evidence | None = None

    @property
    def basis(self) -> Basis:
        """What the tag rests on in the first place."""
        return self.evidence[0].basis


@dataclass(frozen=True, slots=True)
class FacetDefinition:
    """A facet of the taxonomy as it is published."""

    facet: str
    kind: FacetKind
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class TagDefinition:
    """A tag of the taxonomy as it is published."""

    facet: str
    tag: str
    parents: tuple[str, ...]
    label: str
    definition: str
    synonyms: tuple[str, ...] = ()
