"""The document summary (version 2.0) of a record, as esummary sends it in JSON."""

from __future__ import annotations

from typing import Any

from tests.pubmed.citation import Author, Citation, plain, read_citation
from tests.pubmed.record import citation_of, read_record, text_of

STATES = {
    "MEDLINE": "PubMed - indexed for MEDLINE",
    "PubMed-not-MEDLINE": "PubMed",
    "Publisher": "PubMed - as supplied by publisher",
    "In-Process": "PubMed - in process",
    "In-Data-Review": "PubMed - in process",
}
PUBLICATION_STATES = {"ppublish": "4", "epublish": "3", "aheadofprint": "10"}


def summary(xml: bytes) -> dict[str, Any]:
    """The summary of a record: bibliographic data only, no abstract and no MeSH."""
    shown = read_citation(xml)
    record = read_record(xml)
    citation = citation_of(shown.root)
    title = plain(shown.title)
    authors = [_author(author) for author in shown.authors]
    published = record.day("dp").replace("-", "/")
    return {
        "uid": str(record.pmid),
        "pubdate": shown.published,
        "epubdate": shown.electronic,
        "source": shown.abbreviation,
        "authors": authors,
        "lastauthor": authors[-1]["name"] if authors else "",
        "title": title,
        "sorttitle": title.lower().rstrip("."),
        "volume": shown.volume,
        "issue": shown.issue,
        "pages": shown.pages,
        "lang": [element.text for element in shown.root.iterfind(".//Language")],
        "nlmuniqueid": shown.root.findtext("MedlineCitation/MedlineJournalInfo/NlmUniqueID") or "",
        "issn": _issn(shown, "Print"),
        "essn": _issn(shown, "Electronic"),
        "pubtype": [text_of(element) for element in shown.root.iterfind(".//PublicationType")],
        "recordstatus": STATES.get(("" if citation is None else citation.get("Status")) or "", "PubMed"),
        "pubstatus": PUBLICATION_STATES.get(shown.status, ""),
        "articleids": _article_ids(shown),
        "history": _history(shown),
        "references": [],
        "attributes": ["Has Abstract"] if shown.sections else [],
        "pmcrefcount": "",
        "fulljournalname": shown.journal,
        "elocationid": f"doi: {shown.ids['doi']}" if "doi" in shown.ids else "",
        "doctype": "citation",
        "booktitle": text_of(shown.root.find("BookDocument/Book/BookTitle")),
        "sortpubdate": f"{published} 00:00",
        "sortfirstauthor": authors[0]["name"] if authors else "",
        "vernaculartitle": text_of(shown.root.find("MedlineCitation/Article/VernacularTitle")),
    }


def _author(author: Author) -> dict[str, str]:
    if author.collective:
        return {"name": author.collective, "authtype": "CollectiveName", "clusterid": ""}
    return {"name": f"{author.last} {author.initials}".strip(), "authtype": "Author", "clusterid": ""}


def _issn(shown: Citation, kind: str) -> str:
    return shown.root.findtext(f"MedlineCitation/Article/Journal/ISSN[@IssnType='{kind}']") or ""


def _article_ids(shown: Citation) -> list[dict[str, Any]]:
    ids = [{"idtype": kind, "idtypen": 1, "value": value} for kind, value in shown.ids.items()]
    if "pmc" in shown.ids:
        ids.append({"idtype": "pmcid", "idtypen": 5, "value": f"pmc-id: {shown.ids['pmc']};"})
    return ids


def _history(shown: Citation) -> list[dict[str, str]]:
    history = []
    for stamp in shown.root.iterfind("*/History/PubMedPubDate"):
        year, month, day, hour, minute = (
            int(stamp.findtext(part) or 0) for part in ("Year", "Month", "Day", "Hour", "Minute")
        )
        date = f"{year}/{month:02}/{day:02} {hour:02}:{minute:02}"
        history.append({"pubstatus": stamp.get("PubStatus") or "", "date": date})
    return history
