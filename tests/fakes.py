"""Stand-ins at the project's own seams, and invented studies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from harvest.errors import SourceError
from harvest.model import (
    ArticleId,
    Author,
    Evidence,
    FacetDefinition,
    Grant,
    HistoryDate,
    Keyword,
    Link,
    MeshHeading,
    MeshQualifier,
    OtherAbstract,
    Pmid,
    PublicationType,
    Section,
    Study,
    Substance,
    SupplementaryConcept,
    Tag,
    TagDefinition,
    Taggable,
    Trial,
)
from harvest.pubmed import Described
from harvest.sources import Discovery

STUDY = Study(
    pmid=Pmid(970_000_001),
    version=1,
    kind="article",
    status="MEDLINE",
    indexing_method="Automated",
    sections=(
        Section(0, None, None, "Invented trial of repeated dosing."),
        Section(1, "BACKGROUND", "BACKGROUND", "An invented background."),
        Section(2, "RESULTS", "RESULTS", "Mood improved and memory did not change."),
    ),
    vernacular_title=None,
    other_abstracts=(OtherAbstract("plain-language-summary", "eng", "An invented summary."),),
    copyright="Sample record, invented.",
    languages=("eng",),
    journal="Sample journal of psychiatry",
    journal_abbreviation="Sample J Psychiatry",
    nlm_unique_id="000000000",
    issn="0000-0000",
    volume="12",
    issue="3",
    pages="101-110",
    publication_model="Print-Electronic",
    publication_status="ppublish",
    publication_date="2026-11-03",
    publication_date_text="2026 Nov",
    electronic_date="2026-11-03",
    entered="2026-11-04",
    revised="2026-11-05",
    completed=None,
    doi="10.5555/sample.1",
    pmcid="PMC97000001",
    authors=(
        Author("author", "Samplewood", "Ada Q", "AQ", None, None, "0000-0000-0000-0001", ("Sample University",)),
        Author("author", None, None, None, None, "Sample Study Group", None, ()),
    ),
    authors_complete=True,
    publication_types=(PublicationType("D016428", "Journal Article"),),
    mesh=(
        MeshHeading("D006801", "Humans", False, ()),
        MeshHeading("D003865", "Depressive Disorder, Major", False, (MeshQualifier("Q000188", "drug therapy", True),)),
    ),
    supplementary=(SupplementaryConcept("C000000001", "Invented concept", "Disease"),),
    keywords=(Keyword("invented", "NOTNLM", False),),
    substances=(Substance("D007649", "Ketamine", "690G0D6V8H"),),
    trials=(Trial("ClinicalTrials.gov", "NCT00000001", "databank"),),
    grants=(Grant("X01", None, "Sample agency", None),),
    links=(Link("CommentIn", Pmid(970_000_002), "Sample J Psychiatry. 2026;12:111.", None),),
    article_ids=(ArticleId("doi", "10.5555/sample.1"),),
    history=(HistoryDate("entrez", "2026-11-04"),),
    conflict_of_interest=None,
)


def study(pmid: int = STUDY.pmid, title: str | None = None, **changes: Any) -> Study:
    """An invented study that differs from the usual one as told."""
    if title is not None:
        changes["sections"] = (Section(0, None, None, title), *STUDY.sections[1:])
    return replace(STUDY, pmid=Pmid(pmid), **changes)


@dataclass(slots=True)
class Clock:
    """Gives the moment that it was set to."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(slots=True)
class FakeTagger:
    """Gives one tag to every study whose text holds a word, and to no other."""

    word: str = "memory"
    slug: str = "cognition"
    digest: str = "first"
    seen: list[int] = field(default_factory=list)

    @property
    def facets(self) -> Sequence[FacetDefinition]:
        return (FacetDefinition("effect", "list", "Effect", "Any effect."),)

    @property
    def definitions(self) -> Sequence[TagDefinition]:
        return (
            TagDefinition("effect", "harm", (), "Harm", "Any harm."),
            TagDefinition("effect", self.slug, ("harm",), self.slug.title(), "An invented tag."),
        )

    def begin(self, studies: Iterable[Taggable]) -> None:
        pass

    def tag_all(self, studies: Iterable[Taggable]) -> Iterator[tuple[Tag, ...]]:
        return map(self.tag, studies)

    def tag(self, study: Taggable) -> tuple[Tag, ...]:
        self.seen.append(study.pmid)
        for section in study.sections:
            start = section.text.find(self.word)
            if start >= 0:
                end = start + len(self.word)
                return (Tag("effect", self.slug, (Evidence("text", self.word, section.number, start, end),)),)
        return ()


def untagged(studies: Sequence[Study]) -> list[tuple[Tag, ...]]:
    """No study has any tag."""
    return [()] * len(studies)


@dataclass(slots=True)
class FakeSource:
    """Names what it was given, or fails."""

    name: str = "invented"
    kind: str = "search"
    pmids: Sequence[int] = ()
    error: SourceError | None = None
    changed: Sequence[int] = ()
    warnings: tuple[str, ...] = ()
    asked: list[tuple[date, date | None]] = field(default_factory=list)
    identity: str = "same"

    def discover(self, since: date, changed_since: date | None) -> Discovery:
        self.asked.append((since, changed_since))
        if self.error:
            raise self.error
        return Discovery(
            tuple(map(Pmid, self.pmids)),
            tuple(map(Pmid, self.changed)),
            expected=len(self.pmids) + len(self.changed),
            query="q",
            warnings=self.warnings,
        )


def fetch_from(*studies: Study) -> Callable[[Sequence[Pmid]], Described]:
    """PubMed as it would be if it held these studies."""
    held = {study.pmid: study for study in studies}

    def fetch(pmids: Sequence[Pmid]) -> Described:
        found = tuple(held[pmid] for pmid in pmids if pmid in held)
        return Described(found, tuple(pmid for pmid in pmids if pmid not in held), ())

    return fetch


HOLD = """
import sys
from pathlib import Path
from harvest.lock import writing_to
with writing_to(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
"""A program that holds the lock of the database named to it until its input ends."""
