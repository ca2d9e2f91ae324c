from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tests.pubmed import Corpus
from tests.pubmed.grow import grow, moved
from tests.pubmed.invented import article, book, records
from tests.pubmed.record import read_record

NEWEST = date(2026, 11, 20)


def texts(made: list[bytes]) -> list[bytes]:
    return [xml[xml.index(b"<ArticleTitle>") : xml.index(b"<Language>")] for xml in made]


def source() -> list[bytes]:
    sentences = (
        "Mood improved in 40 patients. Memory did not change. One <i>rare</i> event was seen. Doses were 0.5 mg/kg."
    )
    return records() + [
        article(
            970_000_060 + number, title=f"Study {number}: arm {chr(97 + number)}.", abstract=[("RESULTS", sentences)]
        )
        for number in range(10)
    ]


def test_records_grow_by_the_number_asked_for() -> None:
    """Each with a PMID and a DOI of its own, well-formed, and dated over twelve years to the newest day."""
    made = list(grow(source(), 300, newest=NEWEST))
    read = [read_record(xml) for xml in made]
    assert len({record.pmid for record in read}) == 300
    assert all(971_000_001 <= record.pmid < 980_000_000 for record in read)
    assert all(f"10.5555/grown.{record.pmid}".encode() in record.xml for record in read)
    days = [record.day("crdt") for record in read]
    assert days == sorted(days)
    assert (days[0][:4], days[-1]) == ("2014", "2026-11-20")
    assert max(record.day("lr") for record in read) <= "2026-11-20"


def test_growing_is_repeatable() -> None:
    """The same seed makes the same records, another seed others."""
    first, again, other = (list(grow(source(), 20, seed=seed, newest=NEWEST)) for seed in (1, 1, 2))
    assert first == again != other


def test_texts_vary() -> None:
    """Hardly any record repeats another, and the sentences are those of the corpus."""
    made = texts([xml for xml in grow(source()[5:], 200, newest=NEWEST)])
    assert len(set(made)) > 190
    assert all(
        b"Memory did not change." in text or b"Mood improved" in text or b"Doses" in text or b"rare" in text
        for text in made
    )


def test_numbers_move_and_years_stay() -> None:
    """Doses change by up to a third with their decimals kept; years and parts of names do not."""
    sentence = "In 2019 we gave 0.50 mg/kg of MK-801 to 90 rats over 12-week spans with 5-HT2A block."
    made = texts(list(grow([article(970_000_001, abstract=[("", sentence)])], 40, newest=NEWEST)))
    assert all(b"In 2019 we gave" in text and b"MK-801" in text and b"5-HT2A" in text for text in made)
    doses = {float(dose) for text in made for dose in re.findall(rb"gave (\d\.\d\d) mg", text)}
    assert len(doses) > 10
    assert all(0.33 <= dose <= 0.67 for dose in doses)
    assert len({weeks for text in made for weeks in re.findall(rb"over (\d+)-week", text)}) > 3


def test_pmids_keep_out_of_the_corpus() -> None:
    """Real ones are followed from 500 million on; none is used twice."""
    base = article(12_345_678)
    made = [read_record(xml).pmid for xml in grow([base, article(500_000_001)], 3, newest=NEWEST)]
    assert made == [500_000_002, 500_000_003, 500_000_004]


def test_distances_between_dates_are_kept() -> None:
    """A record that was back-dated by years stays so, in print as in entry."""
    old = article(
        970_000_001, created="2026-11-15", entered="2016-11-15", printed="<Year>2016</Year><Month>Nov</Month>"
    )
    record = read_record(next(grow([old], 1, newest=NEWEST)))
    assert (record.day("crdt"), record.day("edat"), record.day("dp")) == ("2026-11-20", "2016-11-20", "2016-11-01")


def test_only_articles_grow() -> None:
    """A corpus of books alone has nothing to grow from."""
    with pytest.raises(ValueError, match="no article"):
        list(grow([book(970_000_001, "A chapter", "A book")], 1, newest=NEWEST))
    assert list(grow([], 0, newest=NEWEST)) == []


def test_grown_records_can_be_searched() -> None:
    """They are records like any other."""
    corpus = Corpus(grow(source(), 50, newest=NEWEST))
    assert len(corpus) == 50
    assert corpus.days("crdt", "2026-11-20", "2026-11-20")
    corpus.close()


def test_dates_can_be_moved() -> None:
    """All by as many days, of chapters too; everything else stays as it is."""
    before = [read_record(xml) for xml in source()]
    later = timedelta(days=400)
    after = [read_record(xml) for xml in moved(source(), NEWEST + later)]
    for field in ("crdt", "edat", "lr"):
        days = [record.day(field) for record in before]
        assert [record.day(field) for record in after] == [
            (date.fromisoformat(day) + later).isoformat() if day else day for day in days
        ]
    assert [(record.pmid, record.texts) for record in after] == [(record.pmid, record.texts) for record in before]


def test_dates_moved_by_nothing_are_the_same() -> None:
    """To the day, at the precision that is stated."""
    before = [read_record(xml) for xml in source()]
    assert [read_record(xml).days for xml in moved(source(), NEWEST)] == [record.days for record in before]
