"""PubMed XML in, studies out: the only reader of PubMed's records. Pure: no network, no database, no clock.

The rules are those of the DTD pubmed_250101; names of elements in the code are its names. Identifiers, dates and types
are read from a record's own children only: those of its references and comments bear the same names further down.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, TypeAlias

from lxml import etree

from harvest import dates, markup, records
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
from harvest.people import Role, people, without_emails

Record: TypeAlias = Study | Deletion | Problem
"""What one record of a file can be."""

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
)
_ABSENT = etree.Element("absent")
_REFERENCE_LIST = re.compile(rb"<(/?)ReferenceList>")
_PMID = re.compile(r"0*+[1-9]\d{0,17}", re.ASCII)
_NCT = re.compile(r"(?<!\w)NCT\d{8}(?!\d)", re.ASCII)

# the trial registries among NLM's data banks, as letters and digits in lower case
# https://www.nlm.nih.gov/bsd/medline_databank_source.html
_REGISTRIES = frozenset(
    (
        *(
            "actrn",
            "anzctr",
            "chictr",
            "clinicaltrialsgov",
            "cris",
            "ctis",
            "ctri",
            "drks",
            "eudract",
            "irct",
            "isrctn",
        ),
        *("japiccti", "jmacct", "jmaiia", "jrct", "lbctr", "nct", "ntr", "pactr", "rebec", "repec", "rpcec", "slctr"),
        *("tctr", "umin", "uminctr"),
    )
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


class _NotWellFormedError(Exception):
    """Says why a record cannot be parsed."""


def _read_record(record: records.RawRecord) -> Iterator[Record]:
    flaws: list[str] = []
    name = f"record {record.number}"
    try:
        element = _parse(record.xml)
        if element.tag == "DeleteCitation":
            yield from _deletions(element, flaws)
        else:
            study = _study(element, flaws)
            name = f"PMID {study.pmid}"
            yield study
    except _NotWellFormedError as error:
        yield Problem(record.name, str(error))
    except _UnusableError as error:
        flaws.append(str(error))
    for flaw in flaws:
        yield Problem(name, flaw)


def _parse(xml: bytes) -> etree._Element:
    try:
        element = etree.fromstring(_without_references(xml), _PARSER)[0]
    except etree.XMLSyntaxError as error:
        raise _NotWellFormedError(f"not well-formed: {error.msg}") from None
    if namespace := etree.QName(element).namespace:
        _forget(namespace, element)
    return element


def _without_references(xml: bytes) -> bytes:
    """A record without what it cites: no field comes from there, and it is often the larger part."""
    kept, depth, at = [], 0, 0
    for tag in _REFERENCE_LIST.finditer(xml):
        if depth == 0:
            kept.append(xml[at : tag.start()])
        depth += -1 if tag[1] else 1
        at = tag.end()
    return b"".join((*kept, xml[at:])) if depth == 0 else xml


def _forget(namespace: str, element: etree._Element) -> None:
    """Call the elements of a namespace by their plain names."""
    for named in element.iter(f"{{{namespace}}}*"):
        named.tag = etree.QName(named).localname


def _deletions(element: etree._Element, flaws: list[str]) -> Iterator[Deletion]:
    for entry in element.iterchildren("PMID"):
        try:
            yield Deletion(_pmid(entry))
        except _UnusableError as error:
            flaws.append(str(error))


def _study(element: etree._Element, flaws: list[str]) -> Study:
    """A study from a PubmedArticle, a PubmedBookArticle or the MedlineCitation of older files.

    In a book record the BookDocument stands for the citation and its article, and the Book for the journal's issue.
    """
    document = element.find("BookDocument")
    citation = document if document is not None else _citation(element)
    article = document if document is not None else _child(citation, "Article")
    data = _child(element, "PubmedData" if document is None else "PubmedBookData")
    pmid, abstract, book = _child(citation, "PMID"), _child(article, "Abstract"), _child(article, "Book")
    journal, medline_journal = _child(article, "Journal"), _texts(_child(citation, "MedlineJournalInfo"))
    issue = _child(journal, "JournalIssue") if document is None else book
    of_journal, of_issue = _texts(journal), _texts(issue)
    title, book_title = _said(article, "ArticleTitle"), _said(book, "BookTitle")
    sections = tuple(_sections(title or book_title or "", abstract))
    printed, issued = _issue_date(issue, article, flaws)
    electronic = _electronic_date(article, flaws)
    history = tuple(_history(data, flaws))
    ids = tuple(_article_ids(data, article))
    return Study(
        pmid=_pmid(pmid),
        version=int(version) if (version := pmid.get("Version", "")).isdecimal() else 1,
        kind="article" if document is None else "book",
        status=citation.get("Status"),
        indexing_method=citation.get("IndexingMethod"),
        sections=sections,
        vernacular_title=_said(article, "VernacularTitle"),
        other_abstracts=tuple(_other_abstracts(citation)),
        copyright=_said(abstract, "CopyrightInformation"),
        languages=tuple(_each(article, "Language")),
        journal=of_journal.get("Title") or (book_title if title else None),
        journal_abbreviation=of_journal.get("ISOAbbreviation") or medline_journal.get("MedlineTA"),
        nlm_unique_id=medline_journal.get("NlmUniqueID"),
        issn=of_journal.get("ISSN") or medline_journal.get("ISSNLinking"),
        volume=of_issue.get("Volume"),
        issue=of_issue.get("Issue"),
        pages=_pages(_child(article, "Pagination")),
        publication_model=article.get("PubModel"),
        publication_status=_said(data, "PublicationStatus"),
        publication_date=dates.earlier(issued, electronic),
        publication_date_text=printed,
        electronic_date=electronic,
        entered=next((event.date for event in history if event.status == "entrez"), None),
        revised=_date(citation.find("DateRevised"), flaws),
        completed=_date(citation.find("DateCompleted"), flaws),
        doi=_doi(article, ids),
        pmcid=next((own.value for own in ids if own.type == "pmc"), None),
        authors=_authors(article, citation),
        authors_complete=all(listed.get("CompleteYN") != "N" for listed in article.iterchildren("AuthorList")),
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


def _citation(element: etree._Element) -> etree._Element:
    return element if element.tag == "MedlineCitation" else _child(element, "MedlineCitation")


def _child(parent: etree._Element, name: str) -> etree._Element:
    """The first child of that name, or an empty element, so that what is not there has nothing to say."""
    found = parent.find(name)
    return _ABSENT if found is None else found


def _said(parent: etree._Element, path: str) -> str | None:
    found = parent.find(path)
    return None if found is None else markup.text(found) or None


def _texts(element: etree._Element) -> dict[str, str]:
    """What the children say, by their names; a child without text says nothing."""
    return {child.tag: text for child in element if (text := markup.text(child))}


def _each(parent: etree._Element, path: str) -> Iterator[str]:
    return filter(None, map(markup.text, parent.iterfind(path)))


def _pmid(element: etree._Element) -> Pmid:
    said = markup.text(element)
    if not said:
        raise _UnusableError("it has no PMID")
    if not _PMID.fullmatch(said):
        raise _UnusableError(f"its PMID {said[:40]!r} is not a positive integer")
    return Pmid(int(said))


def _sections(title: str, abstract: etree._Element) -> Iterator[Section]:
    yield Section(0, None, None, title)
    written = ((part, markup.text(part)) for part in abstract.iterchildren("AbstractText"))
    for number, (part, text) in enumerate(((part, text) for part, text in written if text), 1):
        yield Section(number, _attribute(part, "Label"), _attribute(part, "NlmCategory"), text)


def _attribute(element: etree._Element, name: str) -> str | None:
    return " ".join(element.get(name, "").split()) or None


def _other_abstracts(citation: etree._Element) -> Iterator[OtherAbstract]:
    for element in citation.iterchildren("OtherAbstract"):
        parts = tuple(_sections("", element))[1:]
        text = "\n\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in parts)
        if text:
            yield OtherAbstract(element.get("Type", ""), element.get("Language", "eng"), text)


def _pages(pagination: etree._Element) -> str | None:
    said = _texts(pagination)
    span = "-".join(said[end] for end in ("StartPage", "EndPage") if end in said)
    return said.get("MedlinePgn") or span or None


def _date(element: etree._Element | None, flaws: list[str]) -> str | None:
    """The Year, Month and Day of an element; what is impossible about them joins the flaws."""
    if element is None:
        return None
    said = _texts(element)
    date, flaw = dates.stated(said.get("Year"), said.get("Month"), said.get("Day"))
    _note(element, flaw, flaws)
    return date


def _note(element: etree._Element, flaw: str | None, flaws: list[str]) -> None:
    if flaw:
        status = element.get("PubStatus")
        flaws.append(f"{element.tag}{f' {status}' if status else ''}: {flaw}")


def _issue_date(issue: etree._Element, article: etree._Element, flaws: list[str]) -> tuple[str | None, str | None]:
    """The issue's date as printed and in ISO; a chapter of a book without a date has that of its contribution."""
    element = issue.find("PubDate")
    element = article.find("ContributionDate") if element is None else element
    if element is None:
        return None, None
    said = _texts(element)
    printed = " ".join(said.values()) or None
    if "MedlineDate" not in said:
        return printed, _date(element, flaws)
    date, flaw = dates.free_text(said["MedlineDate"])
    _note(element, flaw, flaws)
    return printed, date


def _electronic_date(article: etree._Element, flaws: list[str]) -> str | None:
    for element in article.iterchildren("ArticleDate"):
        if element.get("DateType", "Electronic") == "Electronic":
            return _date(element, flaws)
    return None


def _history(data: etree._Element, flaws: list[str]) -> Iterator[HistoryDate]:
    for element in _child(data, "History"):
        if date := _date(element, flaws):
            yield HistoryDate(element.get("PubStatus", ""), date)


def _article_ids(data: etree._Element, article: etree._Element) -> Iterator[ArticleId]:
    elements = (*_child(data, "ArticleIdList"), *_child(article, "ArticleIdList"))
    ids = (ArticleId(element.get("IdType", "pubmed"), markup.text(element)) for element in elements)
    yield from dict.fromkeys(own for own in ids if own.value)


def _doi(article: etree._Element, ids: tuple[ArticleId, ...]) -> str | None:
    for element in article.iterchildren("ELocationID"):
        if element.get("EIdType") == "doi" and element.get("ValidYN") != "N" and (doi := markup.text(element)):
            return doi
    return next((own.value for own in ids if own.type == "doi"), None)


def _authors(article: etree._Element, citation: etree._Element) -> tuple[Author, ...]:
    """Authors and editors, then investigators.

    An affiliation of the whole article, as in files before 2014, is that of the first author.
    """
    everyone = tuple(people(_lists_of_people(article, citation)))
    shared = without_emails(_said(article, "Affiliation") or "")
    if not shared or not everyone or everyone[0].affiliations:
        return everyone
    return replace(everyone[0], affiliations=(shared,)), *everyone[1:]


def _lists_of_people(article: etree._Element, citation: etree._Element) -> Iterator[tuple[Role, etree._Element]]:
    own = article.findall("AuthorList")
    for entries in (*own, *article.iterfind("Book/AuthorList")):
        role: Role = "editor" if entries.get("Type") == "editors" else "author"
        # the authors of a whole book did not write a chapter that names its own
        if entries.getparent() is article or role == "editor" or not own:
            yield role, entries
    for entries in citation.iterchildren("InvestigatorList"):
        yield "investigator", entries


def _publication_types(article: etree._Element) -> Iterator[PublicationType]:
    for element in (*_child(article, "PublicationTypeList"), *article.iterchildren("PublicationType")):
        if name := markup.text(element):
            yield PublicationType(_ui(element, name), name)


def _ui(element: etree._Element, name: str) -> str:
    """The identifier; the name where an old file gives none."""
    return element.get("UI") or name


def _mesh(citation: etree._Element) -> Iterator[MeshHeading]:
    for heading in _child(citation, "MeshHeadingList"):
        descriptor = _child(heading, "DescriptorName")
        if name := markup.text(descriptor):
            yield MeshHeading(_ui(descriptor, name), name, _is_major(descriptor), tuple(_qualifiers(heading)))


def _qualifiers(heading: etree._Element) -> Iterator[MeshQualifier]:
    for element in heading.iterchildren("QualifierName"):
        if name := markup.text(element):
            yield MeshQualifier(_ui(element, name), name, _is_major(element))


def _is_major(element: etree._Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def _supplementary(citation: etree._Element) -> Iterator[SupplementaryConcept]:
    for element in _child(citation, "SupplMeshList"):
        if name := markup.text(element):
            yield SupplementaryConcept(_ui(element, name), name, element.get("Type", ""))


def _keywords(citation: etree._Element) -> Iterator[Keyword]:
    for listed in citation.iterchildren("KeywordList"):
        for element in listed:
            if word := markup.text(element):
                yield Keyword(word, listed.get("Owner", "NLM"), _is_major(element))


def _substances(citation: etree._Element) -> Iterator[Substance]:
    for element in _child(citation, "ChemicalList"):
        substance = _child(element, "NameOfSubstance")
        number = _said(element, "RegistryNumber")
        if name := markup.text(substance):
            yield Substance(_ui(substance, name), name, None if number == "0" else number)


def _trials(article: etree._Element, sections: tuple[Section, ...]) -> Iterator[Trial]:
    """Registrations in the data banks that are registries, then those that only the text names."""
    listed = dict.fromkeys(_registered(article))
    yield from listed
    known = {trial.accession.upper() for trial in listed}
    texts = (section.text for section in sections if "NCT" in section.text)
    named = dict.fromkeys(accession for text in texts for accession in _NCT.findall(text))
    yield from (Trial("ClinicalTrials.gov", accession, "abstract") for accession in named if accession not in known)


def _registered(article: etree._Element) -> Iterator[Trial]:
    for bank in _child(article, "DataBankList"):
        name = _said(bank, "DataBankName") or ""
        if "".join(filter(str.isalnum, name)).lower() in _REGISTRIES:
            for accession in _each(bank, "AccessionNumberList/AccessionNumber"):
                yield Trial(name, accession, "databank")


def _grants(article: etree._Element) -> Iterator[Grant]:
    """Each grant once: PubMed repeats some word for word."""
    listed = map(_texts, _child(article, "GrantList"))
    yield from dict.fromkeys(
        Grant(said.get("GrantID"), said.get("Acronym"), said.get("Agency"), said.get("Country"))
        for said in listed
        if said
    )


def _links(citation: etree._Element) -> Iterator[Link]:
    for element in _child(citation, "CommentsCorrectionsList"):
        said = _texts(element)
        pmid = said.get("PMID", "")
        yield Link(
            kind=element.get("RefType", ""),
            other_pmid=Pmid(int(pmid)) if _PMID.fullmatch(pmid) else None,
            citation=said.get("RefSource", ""),
            note=said.get("Note"),
        )
