"""Studies as CSL-JSON are cited by citeproc."""

from __future__ import annotations

import json
from typing import Any

import pytest
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from harvest.publish.formats import FORMATS
from harvest.publish.record import Record
from harvest.publish.wording import title_of
from tests.publish.invented import FULL, VOCABULARY, collapsed, person, record, studies

pytestmark = pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported. custom")
"""CSL-JSON has the field ``custom``, citeproc does not know it."""


def read(*some: Record) -> list[dict[str, Any]]:
    """What JSON holds of some studies."""
    found: list[dict[str, Any]] = json.loads(FORMATS["csl.json"].whole(some, VOCABULARY))
    return found


def cited(*some: Record) -> list[str]:
    """The studies in a bibliography of citeproc's."""
    items = read(*some)
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    return [str(entry) for entry in bibliography.bibliography()]


def test_all_that_is_known_is_told() -> None:
    """What CSL has no field for stands in ``custom``."""
    (item,) = read(FULL)
    note = item.pop("note")
    assert item == {
        "id": "pmid970000123",
        "type": "article-journal",
        "title": "RETRACTED: Low mood, {braces} & 100 % of _it_",
        "author": [
            {"family": "van der Sample", "given": "Ada B", "suffix": "Jr"},
            {"literal": "Example Study Group, Unit 2"},
        ],
        "editor": [{"family": "Editwood", "given": "E"}],
        "container-title": "Invented Annals",
        "container-title-short": "Invented Ann",
        "issued": {"date-parts": [[2026, 11, 3]]},
        "volume": "12",
        "issue": "3",
        "page": "1085-1092",
        "ISSN": "0000-0019",
        "DOI": "10.5555/sample.123",
        "PMID": "970000123",
        "PMCID": "PMC97000123",
        "URL": "https://pubmed.ncbi.nlm.nih.gov/970000123/",
        "source": "PubMed",
        "status": "retracted",
        "language": "en",
        "abstract": "METHODS: A trial.\n\nRESULTS: It helped.",
        "keyword": "Low mood, recall, Depressive Disorder, Major, Humans",
        "custom": {
            "notice": "retracted",
            "relevance": "main",
            "design": "rct",
            "participants": 80,
            "follow_up_days": 84,
            "tags": ["relevance/main", "design/rct", "mood/low"],
            "findings": {"mood/low": "no-change"},
        },
    }
    assert note.splitlines()[1] == "This study was retracted."


def test_citeproc_cites_it() -> None:
    """With names, year, title, journal, issue and pages in their places."""
    (entry,) = cited(FULL)
    assert entry.startswith("van der Sample, A.B., Jr and Example Study Group, Unit 2 (2026) “RETRACTED: Low mood")
    assert "Invented Annals" in entry
    assert "12(3), pp. 1085–1092." in entry


def test_an_unknown_date_is_said_to_be_unknown() -> None:
    """A year alone is cited as such."""
    known, unknown = cited(
        record(pmid=1, title="One", publication_date="2019"), record(pmid=2, title="Two", publication_date=None)
    )
    assert "2019" in known
    assert "no date" in unknown


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "article-journal"),
        ({"publication_types": ("Preprint",)}, "article"),
        ({"kind": "book", "journal": "A Book"}, "chapter"),
        ({"kind": "book"}, "book"),
    ],
)
def test_kinds_are_told_apart(fields: dict[str, Any], kind: str) -> None:
    """Articles, preprints, chapters and books."""
    assert read(record(**fields))[0]["type"] == kind


@pytest.mark.parametrize(("told", "language"), [("eng, ger", "en"), ("und", "und"), (None, None)])
def test_the_first_language_is_told(told: str | None, language: str | None) -> None:
    """By the code that CSL knows, where there is one."""
    assert read(record(language=told))[0].get("language") == language


def test_nothing_is_told_of_what_is_not_known() -> None:
    """A bare study has its identifier and no more."""
    (item,) = read(record())
    assert set(item) == {"id", "type", "PMID", "URL", "source", "custom"}


def test_a_person_without_a_last_name_is_told_as_named() -> None:
    """As one piece."""
    assert read(record(people=(person(name="Madonna", fore_name="Madonna"),)))[0]["author"] == [{"literal": "Madonna"}]


@given(st.lists(studies, max_size=4))
def test_whatever_a_study_says_it_is_read_again_once(some: list[Record]) -> None:
    """None lost, none doubled; every character of every plane is there."""
    told = read(*some)
    assert len(told) == len(some)
    for study, item in zip(some, told, strict=True):
        assert collapsed(item.get("title")) == collapsed(title_of(study))
        assert item.get("abstract") == study.abstract
        assert len(item.get("author", ())) == len(study.people)
