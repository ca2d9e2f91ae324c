"""PubMed describes: what was asked for comes, what did not come is named, what is no answer is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from harvest.errors import PayloadError
from harvest.model import Pmid
from harvest.pubmed import Described, describe

T = TypeVar("T")

RECORD = (
    '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{}</PMID><Article PubModel="Print">'
    "<Journal><JournalIssue CitedMedium='Print'><PubDate><Year>2026</Year></PubDate></JournalIssue></Journal>"
    "<ArticleTitle>Sample.</ArticleTitle><Language>eng</Language></Article></MedlineCitation></PubmedArticle>"
)


def article_set(*pmids: object) -> bytes:
    records = "".join(RECORD.format(pmid) for pmid in pmids)
    return f'<?xml version="1.0" ?>\n<PubmedArticleSet>{records}</PubmedArticleSet>\n'.encode()


@dataclass
class FakeEutils:
    """Answers efetch with one body."""

    body: bytes
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def call(self, utility: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        assert utility == "efetch"
        self.asked.append(parameters)
        return read(self.body)


def ask(body: bytes, *pmids: int) -> Described:
    return describe(FakeEutils(body), [Pmid(pmid) for pmid in pmids])  # type: ignore[arg-type]  # speaks as Eutils does


def test_the_studies_asked_for_come() -> None:
    """All of them, whatever their order."""
    described = ask(article_set(970000002, 970000001), 970000001, 970000002)
    assert [study.pmid for study in described.studies] == [970000002, 970000001]
    assert (described.missing, described.problems) == ((), ())


def test_what_pubmed_leaves_out_is_named_in_the_order_asked() -> None:
    """Unknown and withdrawn PMIDs are simply absent from the answer."""
    described = ask(article_set(970000002), 970000003, 970000002, 970000001)
    assert described.missing == (970000003, 970000001)


@pytest.mark.parametrize("body", [article_set(), b"<PubmedArticleSet/>", b"<PubmedArticleSet>\n\n</PubmedArticleSet>"])
def test_an_empty_set_names_all_as_missing(body: bytes) -> None:
    """It is an answer: PubMed knows none of them."""
    assert ask(body, 1, 2).missing == (1, 2)


def test_a_record_that_nobody_asked_for_is_left_out_and_told() -> None:
    """It may be anything."""
    described = ask(article_set(970000001, 970000009), 970000001)
    assert [study.pmid for study in described.studies] == [970000001]
    assert [str(problem) for problem in described.problems] == [
        "PMID 970000009: PubMed sent it without being asked; left out"
    ]


def test_a_record_that_cannot_be_read_is_a_problem_and_missing() -> None:
    """The others are there."""
    body = article_set(970000001, "x", 970000002)
    described = ask(body, 970000001, 970000002, 970000003)
    assert len(described.studies) == 2
    assert described.missing == (970000003,)
    assert len(described.problems) == 1


def test_a_record_that_came_and_cannot_be_read_is_not_missing_at_pubmed() -> None:
    """Else it would be taken for withdrawn in the end."""
    broken = article_set(970000001, 970000002).replace(b"<ArticleTitle>Sample.", b"<ArticleTitle>Sample &nothing;", 1)
    described = ask(broken, 970000001, 970000002)
    assert [study.pmid for study in described.studies] == [970000002]
    assert described.missing == ()
    assert described.problems[0].record == "PMID 970000001"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (article_set(970000001, 970000002)[:-60], "cut off"),
        (article_set(970000001)[:-60], "ends inside this record"),
        (b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", "Unable to obtain query #1"),
        (b"<eSearchResult><Count>0</Count></eSearchResult>", "eSearchResult"),
        (b"plain text", "not XML"),
    ],
)
def test_what_is_no_whole_set_is_an_error_worth_another_try(body: bytes, reason: str) -> None:
    """Truncated XML, an ERROR, another root: asked for again, never taken for a smaller set."""
    with pytest.raises(PayloadError, match=reason) as caught:
        ask(body, 970000001)
    assert caught.value.retryable


def test_pmids_are_sent_as_a_list_without_blanks() -> None:
    """As NCBI asks."""
    eutils = FakeEutils(article_set())
    describe(eutils, [Pmid(1), Pmid(22)])  # type: ignore[arg-type]  # speaks as Eutils does
    assert eutils.asked == [{"retmode": "xml", "id": "1,22"}]
