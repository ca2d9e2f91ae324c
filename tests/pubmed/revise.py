"""What happens to a record after it has entered PubMed: each function stores a newer revision of it.

``on`` is the day of the revision and becomes DateRevised. A record that is new is added with ``Corpus.extend``, one
that PubMed withdraws is removed with ``Corpus.delete``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from lxml import etree

from tests.pubmed.corpus import Corpus
from tests.pubmed.record import PARSER, Element

RETRACTED = ("D016441", "Retracted Publication")
CITATION = [
    "PMID",
    "DateCompleted",
    "DateRevised",
    "Article",
    "MedlineJournalInfo",
    "ChemicalList",
    "SupplMeshList",
    "CitationSubset",
    "CommentsCorrectionsList",
    "GeneSymbolList",
    "MeshHeadingList",
    "NumberOfReferences",
    "PersonalNameSubjectList",
    "OtherID",
    "OtherAbstract",
    "KeywordList",
    "CoiStatement",
    "SpaceFlightMission",
    "InvestigatorList",
    "GeneralNote",
]
ARTICLE = [
    "Journal",
    "ArticleTitle",
    "Pagination",
    "ELocationID",
    "Abstract",
    "AuthorList",
    "Language",
    "DataBankList",
    "GrantList",
    "PublicationTypeList",
    "VernacularTitle",
    "ArticleDate",
]
ISSUE = ["Volume", "Issue", "PubDate"]


def revise(corpus: Corpus, pmid: int, change: Callable[[Element], None], *, on: date) -> None:
    """Store a revision of a record: ``change`` is given its root element. Raises ``KeyError`` for an unknown PMID."""
    xml = corpus.xml(pmid)
    if xml is None:
        raise KeyError(pmid)
    root = etree.fromstring(xml, PARSER)
    change(root)
    citation = _one(root, "MedlineCitation")
    _set_day(_child(citation, "DateRevised", CITATION), on)
    corpus.extend([etree.tostring(root, encoding="unicode").encode()])


def retract(corpus: Corpus, pmid: int, *, notice: int, on: date) -> None:
    """Retract a record: the publication type, and a link to the notice."""

    def change(root: Element) -> None:
        kinds = _child(_one(root, "MedlineCitation/Article"), "PublicationTypeList", ARTICLE)
        etree.SubElement(kinds, "PublicationType", UI=RETRACTED[0]).text = RETRACTED[1]
        _link(root, "RetractionIn", notice, on)

    revise(corpus, pmid, change, on=on)


def correct(corpus: Corpus, pmid: int, *, notice: int, on: date) -> None:
    """Link a record to a published erratum."""
    revise(corpus, pmid, lambda root: _link(root, "ErratumIn", notice, on), on=on)


def index(corpus: Corpus, pmid: int, *, ui: str, heading: str, on: date, major: bool = False) -> None:
    """Add a MeSH heading, as when MEDLINE indexes a record some days after its entry."""

    def change(root: Element) -> None:
        citation = _one(root, "MedlineCitation")
        citation.set("Status", "MEDLINE")
        _set_day(_child(citation, "DateCompleted", CITATION), on)
        place = etree.SubElement(_child(citation, "MeshHeadingList", CITATION), "MeshHeading")
        etree.SubElement(place, "DescriptorName", UI=ui, MajorTopicYN="Y" if major else "N").text = heading

    revise(corpus, pmid, change, on=on)


def print_issue(corpus: Corpus, pmid: int, *, volume: str, issue: str, pages: str, on: date) -> None:
    """Give a record that was published ahead of print its issue, its pages and its printed date."""

    def change(root: Element) -> None:
        article = _one(root, "MedlineCitation/Article")
        place = _one(article, "Journal/JournalIssue")
        _child(place, "Volume", ISSUE).text = volume
        _child(place, "Issue", ISSUE).text = issue
        _set_day(_child(place, "PubDate", ISSUE), on)
        pagination = _child(article, "Pagination", ARTICLE)
        pagination[:] = []
        etree.SubElement(pagination, "MedlinePgn").text = pages
        _one(root, "PubmedData/PublicationStatus").text = "ppublish"

    revise(corpus, pmid, change, on=on)


def _link(root: Element, kind: str, notice: int, on: date) -> None:
    links = _child(_one(root, "MedlineCitation"), "CommentsCorrectionsList", CITATION)
    link = etree.SubElement(links, "CommentsCorrections", RefType=kind)
    etree.SubElement(link, "RefSource").text = f"Notice of {on:%Y %b %-d}."
    etree.SubElement(link, "PMID", Version="1").text = str(notice)


def _one(root: Element, path: str) -> Element:
    found = root.find(path)
    if found is None:
        raise ValueError(f"the record has no {path}")
    return found


def _child(parent: Element, tag: str, order: list[str]) -> Element:
    """The child of that name, made where the DTD's order puts it."""
    found = parent.find(tag)
    if found is None:
        found = etree.Element(tag)
        later = order[order.index(tag) + 1 :]
        place = next((number for number, child in enumerate(parent) if child.tag in later), len(parent))
        parent.insert(place, found)
    return found


def _set_day(element: Element, day: date) -> None:
    element[:] = []
    for tag, text in (("Year", f"{day:%Y}"), ("Month", f"{day:%m}"), ("Day", f"{day:%d}")):
        etree.SubElement(element, tag).text = text
