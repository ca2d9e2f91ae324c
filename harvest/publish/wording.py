"""What the formats have in common: a text on one line, page ranges, marks of retraction, what is noted of a study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from harvest.model import SAMPLE_PMIDS
from harvest.publish.record import Record, Tagged, Vocabulary

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"
"""The address of a study in PubMed."""

RETRACTED = "RETRACTED: "
"""Stands before the title of a retracted study, as publishers and citation managers have it."""

_MARKED = re.compile(r"\W*(?:retracted(?:\W+(?:article|paper|chapter))?)\W*[:\]]", re.IGNORECASE)

_PAGES = re.compile(r"([A-Za-z]*)(\d+)([A-Za-z]*)\s*[-–]\s*([A-Za-z]*)(\d+)((?:\.?[A-Za-z]+\d*)?)")

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")

NOTICES = {
    "RetractionIn": "Retraction in",
    "RetractedandRepublishedIn": "Retracted and republished in",
    "ExpressionOfConcernIn": "Expression of concern in",
    "ErratumIn": "Erratum in",
    "CorrectedandRepublishedIn": "Corrected and republished in",
}
"""Links of PubMed's from a study to what was published about its standing, in words."""

_STANDING = {
    "retracted": "This study was retracted",
    "concern": "The journal has expressed concern about this study",
    "corrected": "A correction to this study was published",
}


def one_line(text: str) -> str:
    """A text without line breaks of any kind, so that it cannot end what it stands in."""
    lines = text.splitlines()
    return text if len(lines) == 1 and len(lines[0]) == len(text) else " ".join(filter(None, lines))


def title_of(record: Record) -> str:
    """The title, with the mark of retraction where it is due and PubMed's title has none."""
    if record.is_retracted and not _MARKED.match(record.title):
        return RETRACTED + record.title
    return record.title


class Day(NamedTuple):
    """A date as far as it is known."""

    year: str
    month: str | None
    day: str | None


def day_of(record: Record) -> Day | None:
    """When a study was published; ``None`` where that is not known."""
    found = _DATE.fullmatch(record.publication_date or "")
    return Day(*found.groups()) if found else None


def page_range(pages: str | None) -> tuple[str, str | None] | None:
    """The first and the last page in full: ``1085-92`` are 1085 and 1092; what is no range stands by itself."""
    if not pages:
        return None
    found = _PAGES.fullmatch(pages)
    if found is None:
        return pages, None
    letters, first, after, own, last, end = found.groups()
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    if int(last) < int(first) or own not in ("", letters):
        return pages, None
    return f"{letters}{first}{after}", f"{letters}{last}{end}"


def subjects(record: Record) -> list[str]:
    """What a study is about, each once: its tags, its authors' keywords and its MeSH headings."""
    labels = [tag.label for tag in record.tags if tag.is_listed]
    told: dict[str, str] = {}
    for words in (*labels, *record.keywords, *record.mesh):
        told.setdefault(words.casefold(), words)
    return list(told.values())


def values(record: Record, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """The single values and numbers of a study that are known, with the labels of their facets."""
    for facet in ("relevance", "species", "design"):
        value = getattr(record, facet)
        if value is not None and facet in vocabulary.facets:
            yield vocabulary.facets[facet].label, vocabulary.label(facet, value)
    for facet in ("participants", "follow_up_days"):
        number = getattr(record, facet)
        if number is not None and facet in vocabulary.facets:
            yield vocabulary.facets[facet].label, str(number)


def standing(record: Record) -> Iterator[str]:
    """What PubMed says of a study's standing, a line each; nothing where all is well."""
    if record.notice in _STANDING:
        yield f"{_STANDING[record.notice]}."
    for notice in record.notices:
        found = f" (PMID {notice.pmid})" if notice.pmid else ""
        yield f"{NOTICES[notice.kind]}: {notice.citation}{found}"
    if record.missing_since:
        yield f"PubMed no longer has this record since {record.missing_since[:10]}."


def notes(record: Record, vocabulary: Vocabulary) -> list[str]:
    """What is noted of a study, a line each: its standing, its tags with what was found, its size and length."""
    lines = ["Sample record, invented."] if record.pmid in SAMPLE_PMIDS else []
    lines += standing(record)
    if record.is_preprint:
        lines.append("Preprint.")
    listed = (tag for tag in record.tags if tag.is_listed)
    for question, tags in groupby(listed, attrgetter("question")):
        lines.append(f"{question}: {'; '.join(map(_found, tags))}")
    lines += [f"{label}: {value}" for label, value in values(record, vocabulary)]
    return lines


def _found(tag: Tagged) -> str:
    return f"{tag.label} ({tag.finding.replace('-', ' ')})" if tag.finding else tag.label


def slugs(tags: Iterable[Tagged]) -> str:
    """Tags as programs name them: ``facet/tag``, with ``=finding`` where one is told."""
    return "; ".join([f"{one.facet}/{one.tag}" + (f"={one.finding}" if one.finding else "") for one in tags])
