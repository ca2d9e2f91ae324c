"""What PubMed shows of a record in lists: title, authors, journal, issue, dates and identifiers."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from tests.pubmed.record import PARSER, Element, citation_of, text_of

SHOWN = ("i", "b", "u", "sup", "sub")


@dataclass(frozen=True, slots=True)
class Author:
    """An author as listed. ``collective`` is set for a group and then stands alone."""

    last: str
    first: str
    initials: str
    collective: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The display fields of a record; ``root`` is its XML for whoever needs more. Missing values are empty."""

    root: Element
    title: Element | None
    sections: tuple[Element, ...]
    authors: tuple[Author, ...]
    journal: str
    abbreviation: str
    published: str
    electronic: str
    volume: str
    issue: str
    pages: str
    status: str
    ids: dict[str, str]

    @property
    def line(self) -> str:
        """The citation as one line: ``J Nowhere. 2026 Nov 20;12(3):101-110. doi: 10.5555/x. Online ahead of print.``"""
        issue = f";{self.volume}" if self.volume or self.issue else ""
        issue += f"({self.issue})" if self.issue else ""
        pages = f":{self.pages}" if self.pages else ""
        doi = f" doi: {self.ids['doi']}." if "doi" in self.ids else ""
        return f"{self.abbreviation or self.journal}. {self.published}{issue}{pages}.{doi}{self._remark}"

    @property
    def _remark(self) -> str:
        if self.status == "aheadofprint":
            return " Online ahead of print."
        return f" Epub {self.electronic}." if self.electronic and self.electronic != self.published else ""


def read_citation(xml: bytes) -> Citation:
    """Read what PubMed shows from a record's XML."""
    root = etree.fromstring(xml, PARSER)
    citation = citation_of(root)
    if citation is None:
        raise ValueError(f"a {root.tag} holds no citation")
    article = citation.find("Article")
    article = citation if article is None else article
    issue = article.find("Journal/JournalIssue")
    issue = article if issue is None else issue
    title = article.find("ArticleTitle")
    return Citation(
        root=root,
        title=citation.find("Book/BookTitle") if title is None else title,
        sections=tuple(article.iterfind("Abstract/AbstractText")),
        authors=tuple(_authors(article)),
        journal=article.findtext("Journal/Title") or text_of(citation.find("Book/BookTitle")),
        abbreviation=article.findtext("Journal/ISOAbbreviation")
        or citation.findtext("MedlineJournalInfo/MedlineTA")
        or "",
        published=printed_date(issue.find("PubDate") if issue is not article else citation.find("Book/PubDate")),
        electronic=printed_date(article.find("ArticleDate")),
        volume=issue.findtext("Volume") or "",
        issue=issue.findtext("Issue") or "",
        pages=article.findtext("Pagination/MedlinePgn") or "",
        status=root.findtext("*/PublicationStatus") or "",
        ids=_ids(root, article),
    )


def printed_date(element: Element | None) -> str:
    """A date as PubMed prints it: ``2026 Nov 20``, ``2019 Winter``, ``2024 Jan-Mar``."""
    if element is None:
        return ""
    parts = [element.findtext(part) or "" for part in ("MedlineDate", "Year", "Season", "Month", "Day")]
    if parts[3].isdigit() and 1 <= int(parts[3]) <= 12:
        parts[3] = month_abbr[int(parts[3])]
    parts[4] = parts[4].lstrip("0")
    return " ".join(filter(None, parts))


def html(element: Element | None, *, italic: str = "i") -> str:
    """Mixed content as PubMed's HTML: its markup stays, all other elements give their text."""
    if element is None:
        return ""
    parts = [escape(element.text or "")]
    for child in element:
        tag = italic if child.tag == "i" else child.tag
        inner = html(child, italic=italic)
        parts.append(f"<{tag}>{inner}</{tag}>" if child.tag in SHOWN else inner)
        parts.append(escape(child.tail or ""))
    return "".join(parts)


def plain(element: Element | None) -> str:
    """Mixed content as plain text, the way the feed's descriptions write it: ``T^(2)``, ``H_(2)O``."""
    return "" if element is None else " ".join("".join(_plain_parts(element)).split())


def _plain_parts(element: Element) -> Iterator[str]:
    mark = {"sup": "^({})", "sub": "_({})"}.get(str(element.tag), "{}")
    inner = (element.text or "") + "".join(
        part for child in element for part in (*_plain_parts(child), child.tail or "")
    )
    yield mark.format(inner)


def _authors(article: Element) -> Iterator[Author]:
    for author in article.iterfind("AuthorList/Author"):
        yield Author(
            last=author.findtext("LastName") or "",
            first=author.findtext("ForeName") or "",
            initials=author.findtext("Initials") or "",
            collective=text_of(author.find("CollectiveName")),
        )


def _ids(root: Element, article: Element) -> dict[str, str]:
    ids = {item.get("EIdType", ""): text_of(item) for item in article.iterfind("ELocationID[@ValidYN='Y']")}
    listed = [*root.iterfind("*/ArticleIdList/ArticleId")]
    return {item.get("IdType", ""): text_of(item) for item in listed} | ids
