"""Studies as RIS are read by rispy as they were."""

from __future__ import annotations

from typing import Any

import rispy
from hypothesis import given
from hypothesis import strategies as st

from harvest.publish.formats import FORMATS
from harvest.publish.record import Record
from harvest.publish.wording import page_range, title_of
from tests.publish.invented import FULL, VOCABULARY, collapsed, person, record, studies


def read(*some: Record) -> list[dict[str, Any]]:
    """What rispy reads of some studies."""
    text = FORMATS["ris"].whole(some, VOCABULARY)
    found: list[dict[str, Any]] = rispy.loads(text)
    return found


def test_all_that_is_known_is_told() -> None:
    """Each in the field in which citation managers look for it."""
    (entry,) = read(FULL)
    assert entry == {
        "type_of_reference": "JOUR",
        "title": "RETRACTED: Low mood, {braces} & 100 % of _it_",
        "authors": ["van der Sample, Ada B, Jr", "Example Study Group, Unit 2"],
        "secondary_authors": ["Editwood, E"],
        "year": "2026",
        "date": "2026/11/03/",
        "secondary_title": "Invented Annals",
        "alternate_title1": "Invented Ann",
        "issn": "0000-0019",
        "volume": "12",
        "number": "3",
        "start_page": "1085",
        "end_page": "1092",
        "doi": "10.5555/sample.123",
        "accession_number": "970000123",
        "custom2": "PMC97000123",
        "urls": ["https://pubmed.ncbi.nlm.nih.gov/970000123/"],
        "name_of_database": "PubMed",
        "language": "eng",
        "keywords": ["Low mood", "recall", "Depressive Disorder, Major", "Humans"],
        "notes": entry["notes"],
        "custom1": "relevance/main; design/rct; mood/low=no-change",
        "custom4": "80",
        "custom5": "84",
        "abstract": "METHODS: A trial. RESULTS: It helped.",
    }
    assert entry["notes"][1] == "This study was retracted."


def test_nothing_is_told_of_what_is_not_known() -> None:
    """A bare study has its identifier and no more."""
    (entry,) = read(record())
    assert set(entry) == {"type_of_reference", "accession_number", "urls", "name_of_database"}


def test_no_participants_is_a_number() -> None:
    """0 is known."""
    (entry,) = read(record(participants=0, follow_up_days=0))
    assert (entry["custom4"], entry["custom5"]) == ("0", "0")


def test_books_and_preprints_are_told_apart() -> None:
    """A chapter stands in a book, a preprint in no journal yet."""
    told = read(
        record(kind="book", journal="A Book"), record(kind="book"), record(publication_types=("Preprint",), pmid=2)
    )
    assert [entry["type_of_reference"] for entry in told] == ["CHAP", "BOOK", "JOUR"]
    assert told[2]["type_of_work"] == "Preprint"


def test_a_date_is_as_precise_as_it_is_known() -> None:
    """A year is no first of January."""
    told = read(*(record(publication_date=date) for date in ("2019", "2019-11", None)))
    assert [(entry.get("year"), entry.get("date")) for entry in told] == [
        ("2019", "2019///"),
        ("2019", "2019/11//"),
        (None, None),
    ]


def test_a_name_without_given_names_keeps_its_suffix_in_its_place() -> None:
    """The second part is empty."""
    told = read(record(people=(person(last_name="Sample", suffix="III"), person(last_name="Sample"))))
    assert told[0]["authors"] == ["Sample, , III", "Sample"]


@given(st.lists(studies, max_size=4))
def test_whatever_a_study_says_it_is_read_again_once(some: list[Record]) -> None:
    """None lost, none doubled; every character of every plane is there, and none has ended its field."""
    told = read(*some)
    assert len(told) == len(some)
    for study, entry in zip(some, told, strict=True):
        pages = page_range(study.pages) or (None, None)
        pairs = {
            "title": title_of(study),
            "abstract": study.abstract,
            "secondary_title": study.journal,
            "doi": study.doi,
            "volume": study.volume,
            "start_page": pages[0],
            "end_page": pages[1],
        }
        for field, said in pairs.items():
            assert collapsed(entry.get(field)) == collapsed(said)
        assert len(entry.get("authors", ())) == len(study.people)
