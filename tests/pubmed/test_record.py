from __future__ import annotations

import pytest
from lxml import etree

from tests.pubmed.invented import article
from tests.pubmed.record import fold, publication_day, read_record


@pytest.mark.parametrize(
    ("pub_date", "day"),
    [
        ("<Year>2026</Year><Month>Nov</Month><Day>03</Day>", "2026-11-03"),
        ("<Year>2026</Year><Month>03</Month>", "2026-03-01"),
        ("<Year>2026</Year>", "2026-01-01"),
        ("<Year>2026</Year><Season>Summer</Season>", "2026-07-01"),
        ("<MedlineDate>2024 Jan-Mar</MedlineDate>", "2024-01-01"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998-12-01"),
        ("<MedlineDate>2000 Spring-Summer</MedlineDate>", "2000-04-01"),
        ("<MedlineDate>1976-1977</MedlineDate>", "1976-01-01"),
        ("<Year>2026</Year><Month>Feb</Month><Day>30</Day>", None),
        ("<MedlineDate>unknown</MedlineDate>", None),
    ],
)
def test_publication_dates_are_indexed_by_their_first_day(pub_date: str, day: str | None) -> None:
    """As PubMed indexes months, seasons and ranges."""
    assert publication_day(etree.fromstring(f"<PubDate>{pub_date}</PubDate>")) == day


def test_a_record_without_a_date_has_the_one_before_it() -> None:
    """Entry falls back to creation, indexing to entry, revision to creation."""
    bare = article(970_000_001, created="2026-11-02").replace(b"DateRevised", b"DateIgnored")
    record = read_record(bare.replace(b'"pubmed">', b'"received">'))
    assert {record.day(field) for field in ("crdt", "edat", "mhda", "lr")} == {"2026-11-02"}


@pytest.mark.parametrize(("printed", "days"), [("2026", {"2026-01-01"}), ("2027", {"2027-01-01", "2026-10-05"})])
def test_an_electronic_date_counts_where_it_is_earlier(printed: str, days: set[str]) -> None:
    """[dp] finds a record by its electronic date too, if that came before print."""
    record = read_record(article(970_000_001, printed=f"<Year>{printed}</Year>", electronic="2026-10-05"))
    assert {day for field, day in record.days if field == "dp"} == days


def test_folding_forgets_case_accents_and_spaces() -> None:
    """Two writings of a name compare equal."""
    assert fold(" Ménière  DISEASE ") == fold("Me\u0301nie\u0300re disease") == "meniere disease"
