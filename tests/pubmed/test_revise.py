from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from tests.pubmed import Corpus
from tests.pubmed.invented import LETTER, TRIAL
from tests.pubmed.record import PARSER, Element, read_record
from tests.pubmed.revise import correct, index, print_issue, retract, revise

LATER = date(2026, 12, 1)
NOTICE = 970_000_090


def stored(corpus: Corpus, pmid: int, path: str = ".") -> Element:
    found = etree.fromstring(corpus.xml(pmid) or b"", PARSER).find(path)
    assert found is not None
    return found


def children(corpus: Corpus, pmid: int, path: str) -> list[str]:
    return [str(child.tag) for child in stored(corpus, pmid, path)]


def test_a_record_can_be_retracted(corpus: Corpus) -> None:
    """It gains the publication type, the link to its notice and a later date."""
    retract(corpus, TRIAL, notice=NOTICE, on=LATER)
    root = stored(corpus, TRIAL)
    assert root.findtext(".//PublicationType[@UI='D016441']") == "Retracted Publication"
    assert root.findtext(".//CommentsCorrections[@RefType='RetractionIn']/PMID") == str(NOTICE)
    assert corpus.days("lr", "2026-12-01", "2026-12-01") == {TRIAL}
    assert corpus.term("pt", "retracted publication") == corpus.term("sb", "hasretractionin") == {TRIAL}


def test_a_record_can_be_corrected(corpus: Corpus) -> None:
    """It gains the link to the erratum."""
    correct(corpus, TRIAL, notice=NOTICE, on=LATER)
    assert stored(corpus, TRIAL).findtext(".//CommentsCorrections[@RefType='ErratumIn']/PMID") == str(NOTICE)


def test_headings_can_come_later(corpus: Corpus) -> None:
    """Then the record is found by them."""
    index(corpus, LETTER, ui="D003863", heading="Depression", on=LATER, major=True)
    assert LETTER in corpus.term("mh", "depression") & corpus.term("majr", "depression")
    assert stored(corpus, LETTER, "MedlineCitation").get("Status") == "MEDLINE"
    assert LETTER in corpus.days("dcom", "2026-12-01", "2026-12-01")


def test_a_record_can_go_into_print(corpus: Corpus) -> None:
    """The issue, the pages, the printed date and the status follow the electronic version."""
    print_issue(corpus, LETTER, volume="8", issue="2", pages="10-12", on=LATER)
    root = stored(corpus, LETTER)
    assert [root.findtext(f".//{tag}") for tag in ("Volume", "Issue", "MedlinePgn")] == ["8", "2", "10-12"]
    assert root.findtext("PubmedData/PublicationStatus") == "ppublish"
    assert read_record(corpus.xml(LETTER) or b"").day("ppdat") == "2026-12-01"


def test_what_is_added_stands_where_the_dtd_wants_it(corpus: Corpus) -> None:
    """New elements come in the order of the DTD."""
    retract(corpus, TRIAL, notice=NOTICE, on=LATER)
    index(corpus, LETTER, ui="D003863", heading="Depression", on=LATER)
    print_issue(corpus, LETTER, volume="8", issue="2", pages="10-12", on=LATER)
    assert children(corpus, TRIAL, "MedlineCitation") == [
        "PMID",
        "DateRevised",
        "Article",
        "MedlineJournalInfo",
        "ChemicalList",
        "CommentsCorrectionsList",
        "MeshHeadingList",
        "KeywordList",
    ]
    assert children(corpus, LETTER, "MedlineCitation")[:3] == ["PMID", "DateCompleted", "DateRevised"]
    assert children(corpus, LETTER, "MedlineCitation/Article")[1:4] == [
        "ArticleTitle",
        "Pagination",
        "ELocationID",
    ]
    assert children(corpus, LETTER, ".//JournalIssue") == ["Volume", "Issue", "PubDate"]


def test_an_unknown_record_cannot_be_revised(corpus: Corpus) -> None:
    """The PMID is named."""
    with pytest.raises(KeyError, match=str(NOTICE)):
        revise(corpus, NOTICE, lambda root: None, on=LATER)


def test_a_record_that_lacks_what_is_changed_is_refused(corpus: Corpus) -> None:
    """A book has no journal issue."""
    with pytest.raises(ValueError, match="MedlineCitation"):
        correct(corpus, 970_000_005, notice=NOTICE, on=LATER)
