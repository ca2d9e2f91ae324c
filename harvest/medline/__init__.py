"""PubMed XML in, studies out: the only reader of PubMed's records. Pure: no network, no database, no clock.

The rules are those of the DTD pubmed_250101; names of elements in the code are its names. Identifiers, dates and types
are read from a record's own children only: those of its references and comments bear the same names further down.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from msgspec.structs import replace

from harvest.medline import dates, markup, records
from harvest.medline.people import Role, people, without_emails
from harvest.model import (
    ArticleId,
    Author,
    Deletion,
    Grant,
    HistoryDate,
    Keyword,
    Link,
    MeshHeading,
    MeshQualifier,
    OtherAbstract,
    Pmid,
    Problem,
    PublicationType,
    Section,
    Study,
    Substance,
    SupplementaryConcept,
    Trial,
)

Record: TypeAlias = Study | Deletion | Problem
"""What one record of a file can be."""

_ABSENT = Element("absent")
_QUOTED = 40
_LINE_END = re.compile(r"\r\n?|\n")  # as expat counts lines; it counts columns in characters
_PMID = re.compile(r"0*+[1-9]\d{0,17}", re.ASCII)
_NCT = re.compile(r"(?<!\w)NCT\d{8}(?!\d)", re.ASCII)

# the trial registries among NLM's data banks, as the letters and digits of their names in lower case
_REGISTRY = re.compile(
    "actrn|anzctr|chictr|clinicaltrialsgov|cris|ctis|ctri|drks|eudract|irct|isrctn|japiccti|jmacct|jmaiia|jrct|lbctr|"
    "nct|ntr|pactr|rebec|repec|rpcec|slctr|tctr|umin|uminctr"
)


def read(stream: BinaryIO) -> Iterator[Record]:
    """Yield what a PubMed file holds, one record at a time and in its order.

    What cannot be read as it should comes as a `Problem` in its place; everything else around it is still read.

    Args:
        stream: a PubmedArticleSet, PubmedBookArticleSet or MedlineCitationSet, or a single PubmedArticle or
            PubmedBookArticle; plain or gzip.

    Raises:
        PayloadError: the whole is no such file, or it breaks off before its first complete record.
    """
    seen: set[tuple[Pmid, int]] = set()
    for record in records.split(stream):
        if isinstance(record, Problem):
            yield record
            continue
        for item in _read_record(record):
            if isinstance(item, Study):
                if (item.pmid, item.version) in seen:
                    yield Problem(record.name, "the file holds this version of the record more than once")
                seen.add((item.pmid, item.version))
            yield item


def read_set(body: bytes) -> list[Record]:
    """Read a whole answer of efetch, or any other file, that is in memory; raises `PayloadError` as `read` does."""
    return list(read(io.BytesIO(body)))


class _UnusableError(Exception):
    """Says why a record cannot be a study."""


def _read_record(record: records.RawRecord) -> Iterator[Record]:
    flaws: list[str] = []
    try:
        element = _parse(record.xml)
        if element.tag == "DeleteCitation":
            yield from _deletions(element, flaws)
        else:
            yield _study(_parts(element), flaws)
    except _UnusableError as error:
        flaws.append(str(error))
    except RecursionError:
        flaws.append("its elements are nested more deeply than in any record of PubMed")
    yield from (Problem(record.name, flaw) for flaw in flaws)


def _parse(xml: bytes) -> Element:
    """The element of a record; expat, which reads it, knows no entities but those of XML itself."""
    xml = records.without_references(xml)
    try:
        element = ElementTree.fromstring(xml)[0]  # noqa: S314 - the DOCTYPE, where entities are declared, is left behind
    except ElementTree.ParseError as error:
        line, column = error.position
        place = _LINE_END.split(xml.decode("utf-8", "replace"))[line - 1][column : column + _QUOTED]
        reason = expat.ErrorString(error.code).removeprefix("not well-formed ").strip("()")
        raise _UnusableError(f"not well-formed ({reason}) at {place!r}") from None
    if element.tag.startswith("{"):
        _forget_namespace(element)
    return element


def _forget_namespace(element: Element) -> None:
    """Call the elements of the record's namespace by their plain names."""
    namespace = element.tag.partition("}")[0] + "}"
    for named in element.iter():
        named.tag = named.tag.removeprefix(namespace)


def _deletions(element: Element, flaws: list[str]) -> Iterator[Deletion]:
    for entry in element.findall("PMID"):
        try:
            yield Deletion(_pmid(entry))
        except _UnusableError as error:
            flaws.append(str(error))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The elements of a record that tell about its study; an element that the record lacks is empty."""

    kind: Literal["article", "book"]
    citation: Element
    article: Element
    journal: Element
    issue: Element
    data: Element


def _parts(element: Element) -> _Parts:
    """The parts of a PubmedArticle, of a MedlineCitation as older files have it, or of a PubmedBookArticle.

    In the last the BookDocument stands for the citation and its article, and the Book for the journal's issue.
    """
    if element.tag == "PubmedBookArticle":
        document = _child(element, "BookDocument")
        book = _child(document, "Book")
        return _Parts("book", document, document, _ABSENT, book, _child(element, "PubmedBookData"))
    citation = element if element.tag == "MedlineCitation" else _child(element, "MedlineCitation")
    article = _child(citation, "Article")
    journal = _child(article, "Journal")
    return _Parts("article", citation, article, journal, _child(journal, "JournalIssue"), _child(element, "PubmedData"))


def _study(parts: _Parts, flaws: list[str]) -> Study:
    citation, article = parts.citation, parts.article
    element, abstract = _child(citation, "PMID"), _child(article, "Abstract")
    pmid = _pmid(element)
    if article is _ABSENT:
        raise _UnusableError("the record has no Article")
    in_journal, in_issue = _texts(parts.journal), _texts(parts.issue)
    medline_journal = _texts(_child(citation, "MedlineJournalInfo"))
    title, book_title = _said(article, "ArticleTitle"), in_issue.get("BookTitle")
    sections = tuple(_sections(title or book_title or "", abstract))
    printed, issued = _issue_date(parts, flaws)
    electronic = _electronic_date(article, flaws)
    history = tuple(_history(parts.data, flaws))
    ids = tuple(_article_ids(parts))
    return Study(
        pmid=pmid,
        version=_version(element),
        kind=parts.kind,
        status=citation.get("Status"),
        indexing_method=citation.get("IndexingMethod"),
        sections=sections,
        vernacular_title=_said(article, "VernacularTitle"),
        other_abstracts=tuple(_other_abstracts(citation)),
        copyright=_said(abstract, "CopyrightInformation"),
        languages=tuple(_each(article, "Language")),
        journal=in_journal.get("Title") or (book_title if title else None),
        journal_abbreviation=in_journal.get("ISOAbbreviation") or medline_journal.get("MedlineTA"),
        nlm_unique_id=medline_journal.get("NlmUniqueID"),
        issn=in_journal.get("ISSN") or medline_journal.get("ISSNLinking"),
        volume=in_issue.get("Volume"),
        issue=in_issue.get("Issue"),
        pages=_pages(_child(article, "Pagination")),
        publication_model=article.get("PubModel"),
        publication_status=_said(parts.data, "PublicationStatus"),
        publication_date=dates.earlier(issued, electronic),
        publication_date_text=printed,
        electronic_date=electronic,
        entered=next((event.date for event in history if event.status == "entrez"), None),
        revised=_date(citation.find("DateRevised"), flaws),
        completed=_date(citation.find("DateCompleted"), flaws),
        doi=_doi(article, ids),
        pmcid=next((own.value for own in ids if own.type == "pmc"), None),
        authors=_authors(parts),
        authors_complete=all(listed.get("CompleteYN") != "N" for listed in article.findall("AuthorList")),
        publication_types=tuple(_publication_types(article)),
        mesh=tuple(_mesh(citation)),
        supplementary=tuple(_supplementary(citation)),
        keywords=tuple(_keywords(citation)),
        substances=tuple(_substances(citation)),
        trials=tuple(_trials(article, sections)),
        grants=tuple(_grants(article)),
        links=tuple(_links(citation)),
        article_ids=ids,
        history=history,
        conflict_of_interest=_said(citation, "CoiStatement"),
    )


def _child(parent: Element, name: str) -> Element:
    """The first child of that name, or an empty element, so that what is not there has nothing to say."""
    child = parent.find(name)
    return _ABSENT if child is None else child


def _said(parent: Element, name: str) -> str | None:
    return markup.text(_child(parent, name)) or None


def _texts(element: Element) -> dict[str, str]:
    """What the children say, by their names; a child without text says nothing."""
    return {child.tag: text for child in element if (text := markup.text(child))}


def _each(parent: Element, path: str) -> Iterator[str]:
    return filter(None, map(markup.text, parent.findall(path)))


def _pmid(element: Element) -> Pmid:
    said = markup.text(element)
    if not said:
        raise _UnusableError("the record has no PMID")
    if not _PMID.fullmatch(said):
        raise _UnusableError(f"the PMID {said[:40]!r} is not a positive integer")
    return Pmid(int(said))


def _version(pmid: Element) -> int:
    version = pmid.get("Version", "")
    return int(version) if _PMID.fullmatch(version) else 1


def _sections(title: str, abstract: Element) -> Iterator[Section]:
    yield Section(0, None, None, title)
    written = ((part, markup.text(part)) for part in abstract.findall("AbstractText"))
    for number, (part, text) in enumerate(((part, text) for part, text in written if text), 1):
        yield Section(number, _attribute(part, "Label"), _attribute(part, "NlmCategory"), text)


def _attribute(element: Element, name: str) -> str | None:
    return " ".join(element.get(name, "").split()) or None


def _other_abstracts(citation: Element) -> Iterator[OtherAbstract]:
    for element in citation.findall("OtherAbstract"):
        parts = tuple(_sections("", element))[1:]
        text = "\n\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in parts)
        if text:
            yield OtherAbstract(element.get("Type", ""), element.get("Language", "eng"), text)


def _pages(pagination: Element) -> str | None:
    said = _texts(pagination)
    span = "-".join(said[end] for end in ("StartPage", "EndPage") if end in said)
    return said.get("MedlinePgn") or span or None


def _date(element: Element | None, flaws: list[str]) -> str | None:
    """The Year, Month and Day of an element; what is impossible about them joins the flaws."""
    if element is None:
        return None
    date, flaw = dates.stated(element.findtext("Year", ""), element.findtext("Month"), element.findtext("Day"))
    if flaw:
        _note(element, flaw, flaws)
    return date


def _note(element: Element, flaw: str, flaws: list[str]) -> None:
    status = element.get("PubStatus")
    flaws.append(f"{element.tag}{f' {status}' if status else ''}: {flaw}")


def _issue_date(parts: _Parts, flaws: list[str]) -> tuple[str | None, str | None]:
    """The issue's date as printed and in ISO; a chapter of a book without a date has that of its contribution."""
    element = parts.issue.find("PubDate")
    element = parts.article.find("ContributionDate") if element is None else element
    if element is None:
        return None, None
    said = _texts(element)
    printed = " ".join(said.values()) or None
    if "MedlineDate" not in said:
        return printed, _date(element, flaws)
    date, flaw = dates.free_text(said["MedlineDate"])
    if flaw:
        _note(element, flaw, flaws)
    return printed, date


def _electronic_date(article: Element, flaws: list[str]) -> str | None:
    for element in article.findall("ArticleDate"):
        if element.get("DateType", "Electronic") == "Electronic":
            return _date(element, flaws)
    return None


def _history(data: Element, flaws: list[str]) -> Iterator[HistoryDate]:
    for element in _child(data, "History"):
        if date := _date(element, flaws):
            yield HistoryDate(element.get("PubStatus", ""), date)


def _article_ids(parts: _Parts) -> Iterator[ArticleId]:
    elements = (*_child(parts.data, "ArticleIdList"), *_child(parts.article, "ArticleIdList"))
    ids = (ArticleId(element.get("IdType", "pubmed"), markup.text(element)) for element in elements)
    yield from dict.fromkeys(own for own in ids if own.value)


def _doi(article: Element, ids: tuple[ArticleId, ...]) -> str | None:
    for element in article.findall("ELocationID"):
        if element.get("EIdType") == "doi" and element.get("ValidYN") != "N" and (doi := markup.text(element)):
            return doi
    return next((own.value for own in ids if own.type == "doi"), None)


def _authors(parts: _Parts) -> tuple[Author, ...]:
    """Authors and editors, then investigators; an affiliation of the whole article is that of its first author."""
    everyone = tuple(people(_lists_of_people(parts)))
    shared = without_emails(_said(parts.article, "Affiliation") or "")
    if not shared or not everyone or everyone[0].affiliations:
        return everyone
    return replace(everyone[0], affiliations=(shared,)), *everyone[1:]


def _lists_of_people(parts: _Parts) -> Iterator[tuple[Role, Element]]:
    """The lists of a record; the authors of a book are left out where a chapter names its own."""
    own = [(_role(entries), entries) for entries in parts.article.findall("AuthorList")]
    yield from own
    for entries in parts.issue.findall("AuthorList"):
        if not own or _role(entries) == "editor":
            yield _role(entries), entries
    for entries in parts.citation.findall("InvestigatorList"):
        yield "investigator", entries


def _role(entries: Element) -> Role:
    return "editor" if entries.get("Type") == "editors" else "author"


def _publication_types(article: Element) -> Iterator[PublicationType]:
    for element in (*_child(article, "PublicationTypeList"), *article.findall("PublicationType")):
        if name := markup.text(element):
            yield PublicationType(_ui(element, name), name)


def _ui(element: Element, name: str) -> str:
    """The identifier; the name where an old file gives none."""
    return element.get("UI") or name


def _mesh(citation: Element) -> Iterator[MeshHeading]:
    for heading in _child(citation, "MeshHeadingList"):
        descriptor = _child(heading, "DescriptorName")
        if name := markup.text(descriptor):
            yield MeshHeading(_ui(descriptor, name), name, _is_major(descriptor), tuple(_qualifiers(heading)))


def _qualifiers(heading: Element) -> Iterator[MeshQualifier]:
    for element in heading.findall("QualifierName"):
        if name := markup.text(element):
            yield MeshQualifier(_ui(element, name), name, _is_major(element))


def _is_major(element: Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def _supplementary(citation: Element) -> Iterator[SupplementaryConcept]:
    for element in _child(citation, "SupplMeshList"):
        if name := markup.text(element):
            yield SupplementaryConcept(_ui(element, name), name, element.get("Type", ""))


def _keywords(citation: Element) -> Iterator[Keyword]:
    for listed in citation.findall("KeywordList"):
        for element in listed:
            if word := markup.text(element):
                yield Keyword(word, listed.get("Owner", "NLM"), _is_major(element))


def _substances(citation: Element) -> Iterator[Substance]:
    for element in _child(citation, "ChemicalList"):
        substance = _child(element, "NameOfSubstance")
        number = _said(element, "RegistryNumber")
        if name := markup.text(substance):
            yield Substance(_ui(substance, name), name, None if number == "0" else number)


def _trials(article: Element, sections: tuple[Section, ...]) -> Iterator[Trial]:
    """Registrations in the data banks that are registries, then those that only the text names."""
    listed = dict.fromkeys(_registered(article))
    yield from listed
    known = {trial.accession.upper() for trial in listed}
    texts = (section.text for section in sections if "NCT" in section.text)
    named = dict.fromkeys(accession for text in texts for accession in _NCT.findall(text))
    yield from (Trial("ClinicalTrials.gov", accession, "abstract") for accession in named if accession not in known)


def _registered(article: Element) -> Iterator[Trial]:
    for bank in _child(article, "DataBankList"):
        name = _said(bank, "DataBankName") or ""
        if _REGISTRY.fullmatch("".join(filter(str.isalnum, name)).lower()):
            for accession in _each(bank, "AccessionNumberList/AccessionNumber"):
                yield Trial(name, accession, "databank")


def _grants(article: Element) -> Iterator[Grant]:
    """Each grant once: PubMed repeats some word for word."""
    listed = map(_texts, _child(article, "GrantList"))
    yield from dict.fromkeys(
        Grant(said.get("GrantID"), said.get("Acronym"), said.get("Agency"), said.get("Country"))
        for said in listed
        if said
    )


def _links(citation: Element) -> Iterator[Link]:
    for element in _child(citation, "CommentsCorrectionsList"):
        said = _texts(element)
        pmid = said.get("PMID", "")
        yield Link(
            kind=element.get("RefType", ""),
            other_pmid=Pmid(int(pmid)) if _PMID.fullmatch(pmid) else None,
            citation=said.get("RefSource", ""),
            note=said.get("Note"),
        )
