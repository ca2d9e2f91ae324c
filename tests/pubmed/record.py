"""One record: its XML as PubMed keeps it, and what PubMed indexes of it.

The date fields are those of PubMed's search: CRDT is ``PubMedPubDate[entrez]``, EDAT ``[pubmed]``, MHDA ``[medline]``,
LR ``DateRevised``. A record that lacks one of them has the one before it, as PubMed fills them in on entry.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import month_abbr
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lxml import etree

Element = etree._Element

BOUNDARY = " \ue000 "
"""Stands between the parts of a text as a word of its own, so that no phrase reaches over it."""

COLUMNS = ("title", "abstract", "keywords", "vocabulary", "authors", "affiliation", "source")
"""The word indexes of a record."""

INDEXED = {
    "ArticleTitle": ("title", ""),
    "Keyword": ("keywords", ""),
    "DescriptorName": ("vocabulary", ""),
    "QualifierName": ("vocabulary", "sh"),
    "NameOfSubstance": ("vocabulary", "nm"),
    "SupplMeshName": ("vocabulary", "nm"),
    "RegistryNumber": ("vocabulary", "rn"),
    "PublicationType": ("vocabulary", "pt"),
    "VernacularTitle": ("vocabulary", ""),
    "CollectiveName": ("authors", ""),
    "Affiliation": ("affiliation", ""),
    "Language": ("source", "la"),
    "AccessionNumber": ("source", "si"),
    "ELocationID": ("source", "aid"),
    "Title": ("source", "ta"),
    "ISOAbbreviation": ("source", "ta"),
    "ISSN": ("source", "ta"),
    "MedlineTA": ("source", "ta"),
    "NlmUniqueID": ("source", "ta"),
    "BookTitle": ("source", "ta"),
}
"""Elements whose text is indexed: the column of its words, and the field of its whole value where it has one."""

WHOLE = tuple(tag for tag, (_, field) in INDEXED.items() if field)

MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}
SEASONS = {"winter": 1, "spring": 4, "summer": 7, "autumn": 10, "fall": 10}
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


@dataclass(frozen=True, slots=True)
class Record:
    """A record as stored: ``days`` are (field, ISO day), ``terms`` (field, folded value), ``texts`` follow COLUMNS."""

    pmid: int
    version: int
    xml: bytes
    days: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]
    terms: frozenset[tuple[str, str]]

    def day(self, field: str) -> str:
        """The record's first day in a date field."""
        return next(day for name, day in self.days if name == field)


def read_record(xml: bytes) -> Record:
    """Read a record from its own XML. Raises ``ValueError`` where it is malformed or has no PMID."""
    try:
        root = etree.fromstring(xml, PARSER)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"a record is not well-formed: {error}") from error
    citation = citation_of(root)
    pmid = None if citation is None else citation.find("PMID")
    if citation is None or pmid is None or not (pmid.text or "").strip().isdigit():
        raise ValueError(f"a {root.tag} without a PMID")
    return Record(
        pmid=int(pmid.text or ""),
        version=int(pmid.get("Version") or 1),
        xml=xml,
        days=tuple(_days(root, citation)),
        texts=_texts(citation),
        terms=frozenset((field, fold(value)) for field, value in _terms(root, citation) if value),
    )


def citation_of(root: Element) -> Element | None:
    """The element that carries a record's own PMID, in an article or a book."""
    found = root.find("MedlineCitation")
    return root.find("BookDocument") if found is None else found


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Text as PubMed compares it: case, accents and runs of white space do not matter."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(text.casefold().split())


def text_of(element: Element | None) -> str:
    """All text of an element, markup left out, white space collapsed."""
    if element is None:
        return ""
    text = "".join(map(str, element.itertext())) if len(element) else element.text or ""
    return " ".join(text.split())


def publication_day(pub_date: Element | None) -> str | None:
    """A PubDate as PubMed indexes it: a month by its first day, a year by 1 January, a season by its start."""
    if pub_date is None:
        return None
    stated = [pub_date.findtext(part) or "" for part in ("Year", "Month", "Season", "Day", "MedlineDate")]
    words = " ".join(stated)
    year = re.search(r"\d{4}", words)
    if year is None:
        return None
    rest = words[year.end() :].split()
    day = stated[3].strip()
    return _iso(int(year[0]), next(filter(None, map(month_number, rest[:1])), 1), int(day) if day.isdigit() else 1)


def month_number(word: str) -> int:
    """The month that a word begins with: ``Mar``, ``03``, ``Jan-Mar``, ``Winter``; 0 for none."""
    word = word.lower()
    if re.fullmatch(r"\d{1,2}", word) and 1 <= int(word) <= 12:
        return int(word)
    return MONTHS.get(word[:3]) or SEASONS.get(re.split(r"\W", word)[0], 0)


def element_day(element: Element | None) -> str | None:
    """The day of an element with Year, Month and Day children."""
    if element is None:
        return None
    year, month, day = (element.findtext(part) or "" for part in ("Year", "Month", "Day"))
    return _iso(int(year), month_number(month) or 1, int(day) if day.isdigit() else 1) if year.isdigit() else None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _days(root: Element, citation: Element) -> Iterator[tuple[str, str]]:
    history = {stamp.get("PubStatus"): element_day(stamp) for stamp in root.iterfind("*/History/PubMedPubDate")}
    printed, electronic = _publication_days(citation)
    published = min(filter(None, (printed, electronic)), default=None)
    created = history.get("entrez") or history.get("pubmed") or published or "1900-01-01"
    entered = history.get("pubmed") or created
    yield "crdt", created
    yield "edat", entered
    yield "mhda", history.get("medline") or entered
    yield "lr", element_day(citation.find("DateRevised")) or created
    yield "dp", printed or published or created
    if electronic:
        yield "epdat", electronic
        if printed is None or electronic < printed:
            yield "dp", electronic
    if printed:
        yield "ppdat", printed
    completed = element_day(citation.find("DateCompleted"))
    if completed:
        yield "dcom", completed


def _publication_days(citation: Element) -> tuple[str | None, str | None]:
    if citation.tag == "BookDocument":
        return publication_day(citation.find("Book/PubDate")), element_day(citation.find("ContributionDate"))
    printed = publication_day(citation.find("Article/Journal/JournalIssue/PubDate"))
    return printed, element_day(citation.find("Article/ArticleDate[@DateType='Electronic']"))


def _texts(citation: Element) -> tuple[str, ...]:
    parts: dict[str, list[str]] = {column: [] for column in COLUMNS}
    for element in citation.iter(*INDEXED):
        parts[INDEXED[str(element.tag)][0]].append(text_of(element))
    for section in citation.iter("AbstractText"):
        parts["abstract"].append(f"{section.get('Label', '')} {text_of(section)}")
    for author in citation.iter("Author"):
        last, first, initials = (author.findtext(part) or "" for part in ("LastName", "ForeName", "Initials"))
        parts["authors"] += [f"{last} {initials}", f"{last} {first}"]
    title = parts["title"] or [text_of(citation.find("Book/BookTitle"))]
    return tuple(map(BOUNDARY.join, (parts | {"title": title}).values()))


def _terms(root: Element, citation: Element) -> Iterator[tuple[str, str]]:
    for heading in citation.iterfind("MeshHeadingList/MeshHeading"):
        yield from _heading_terms(heading)
    for element in citation.iter(*WHOLE):
        yield INDEXED[str(element.tag)][1], text_of(element)
    for identifier in root.iterfind("*/ArticleIdList/ArticleId"):
        yield "aid", text_of(identifier)
    yield "sb", citation.get("Status") or ""
    if citation.find(".//Abstract/AbstractText") is not None:
        yield "sb", "hasabstract"
    for link in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        yield "sb", f"has{link.get('RefType')}"


def _heading_terms(heading: Element) -> Iterator[tuple[str, str]]:
    name = text_of(heading.find("DescriptorName"))
    qualifiers = [text_of(qualifier) for qualifier in heading.iterfind("QualifierName")]
    fields = ["mh", "majr"] if any(part.get("MajorTopicYN") == "Y" for part in heading) else ["mh"]
    for field in fields:
        yield field, name
        yield from ((field, f"{name}/{qualifier}") for qualifier in qualifiers)
