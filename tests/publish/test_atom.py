"""A feed tells of each study once, and once more when its retraction is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from sqlite_utils import Database

from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Sets
from harvest.publish.atom import ENTRIES, FEW, NEVER, Event, Feed, feed, identifier, newest
from harvest.publish.record import Record, Vocabulary, batch
from harvest.publish.selection import select
from harvest.store.migrations import migrations
from tests.publish import feeds
from tests.publish.invented import FULL, VOCABULARY, collapsed, person, record, studies

FIRST = 970_002_001


def about(**fields: Any) -> Feed:
    """What a feed says of itself."""
    known: dict[str, Any] = {
        "topic": "topic",
        "key": "q=low+mood&mood=low",
        "title": "Low mood",
        "author": "A tracker",
        "own": "https://example.org/search.atom?q=low+mood&mood=low",
        "page": "https://example.org/search?q=low+mood&mood=low",
        "study": lambda pmid: f"https://example.org/study/{pmid}",
        "changed": None,
    }
    return Feed(**(known | fields))


def written(*some: Record, **fields: Any) -> bytes:
    """A feed of some studies that came here."""
    events = [Event(study.first_seen, study.entered or "", study.pmid, False) for study in some]
    return feed(about(**fields), events, some, VOCABULARY)


@pytest.fixture
def db() -> Iterator[Database]:
    """A database with the present schema and no study."""
    opened = Database(memory=True)
    migrations.apply(opened)
    yield opened
    opened.close()


def add(db: Database, pmid: int, moment: str, **columns: Any) -> None:
    common = {"title": f"Study {pmid}", "kind": "article", "version": 1, "authors_complete": 1, "fingerprint": "x"}
    db.table("studies").insert({"pmid": pmid, "first_seen": moment, **common, **columns})


def retract(db: Database, pmid: int, moment: str) -> None:
    db.table("studies").update(pmid, {"notice": "retracted"})
    change = {"pmid": pmid, "changed_at": moment, "field": "notice", "old": "none", "new": "retracted"}
    db.table("changes").insert(change)


def events(db: Database, **asked: list[str]) -> list[Event]:
    sets = Sets(db.conn)
    return newest(sets, db.conn, select(Searcher(sets), db.conn, asked))


def documents(db: Database) -> bytes:
    told = events(db)
    vocabulary = Vocabulary(db.conn)
    return feed(about(), told, batch(db.conn, vocabulary, [event.pmid for event in told]), vocabulary)


def test_a_feed_is_valid_and_read() -> None:
    """With the title marked, a link to the study's page, its authors, tags and what is noted of it."""
    document = written(FULL, record(pmid=2))
    assert feeds.faults(document) == []
    full, bare = feeds.entries(document)
    assert full.title == "RETRACTED: Low mood, {braces} & 100 % of _it_"
    assert full.link == "https://example.org/study/970000123"
    assert [author.name for author in full.authors] == ["van der Sample Ada B Jr", "Example Study Group, Unit 2"]
    assert ("mood/low", "Low mood") in [(tag.term, tag.label) for tag in full.tags]
    assert "Mood: Low mood (no change)" in full.summary
    assert (bare.title, bare.summary) == ("Untitled record", "No abstract in PubMed.")


def test_an_empty_feed_is_valid() -> None:
    """It was last changed when anything came, or never."""
    for changed, told in ((None, NEVER), ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")):
        document = written(changed=changed)
        assert feeds.faults(document) == []
        assert f"<updated>{told}</updated>" in document.decode()


def test_identifiers_do_not_depend_on_the_site() -> None:
    """The same study is the same in all feeds, wherever they are served."""
    one = written(FULL)
    other = written(FULL, own="http://127.0.0.1:8001/search.atom", study=lambda pmid: f"http://127.0.0.1/study/{pmid}")
    assert feeds.entries(one)[0].id == feeds.entries(other)[0].id == identifier("topic", "study/970000123")
    assert "<id>tag:harvest.invalid,2026:topic/search?q=low+mood&amp;mood=low</id>" in one.decode()


@pytest.mark.parametrize("count", [3, FEW + 1])
def test_the_newest_come_first_and_not_too_many(db: Database, count: int) -> None:
    """By when they came here; of one moment those first that entered PubMed last."""
    for place in range(count):
        add(db, FIRST + place, f"2026-01-{place // 60 + 1:02}T00:{place % 60:02}:00Z")
    add(db, FIRST + count, "2026-02-01T00:00:00Z", entered="2026-01-30")
    add(db, FIRST - 1, "2026-02-01T00:00:00Z", entered="2026-01-31")
    told = [event.pmid for event in events(db)]
    assert told[:3] == [FIRST - 1, FIRST + count, FIRST + count - 1]
    assert len(told) == min(count + 2, ENTRIES)


def test_a_retraction_brings_a_study_back_once(db: Database) -> None:
    """Under an identifier of its own; a revision brings nothing back."""
    for place in range(3):
        add(db, FIRST + place, f"2026-01-0{place + 1}T00:00:00Z")
    before = feeds.entries(documents(db))
    db.table("studies").update(FIRST, {"title": "Revised", "revised": "2026-03-01"})
    db.table("changes").insert({"pmid": FIRST, "changed_at": "2026-03-01T00:00:00Z", "field": "title"})
    assert [(one.id, one.updated) for one in feeds.entries(documents(db))] == [(one.id, one.updated) for one in before]
    retract(db, FIRST, "2026-04-01T00:00:00Z")
    document = documents(db)
    assert feeds.faults(document) == []
    back, *rest = feeds.entries(document)
    assert back.id == identifier("topic", f"study/{FIRST}/retracted/2026-04-01T00:00:00Z")
    assert (back.title, back.updated) == ("RETRACTED: Revised", "2026-04-01T00:00:00Z")
    assert [(one.id, one.updated) for one in rest] == [(one.id, one.updated) for one in before[:2]]


def test_a_retraction_is_told_where_retracted_studies_are_hidden(db: Database) -> None:
    """Whoever was told of the study is told of that."""
    add(db, FIRST, "2026-01-01T00:00:00Z")
    add(db, FIRST + 1, "2026-01-01T00:00:00Z", notice="retracted")
    retract(db, FIRST, "2026-04-01T00:00:00Z")
    assert [(event.pmid, event.is_retraction) for event in events(db, retracted=["hide"])] == [(FIRST, True)]


def test_a_study_that_came_retracted_comes_once(db: Database) -> None:
    """As a study, not as an event."""
    add(db, FIRST, "2026-01-01T00:00:00Z", notice="retracted")
    assert events(db) == [Event("2026-01-01T00:00:00Z", "", FIRST, False)]


def test_a_retraction_that_was_taken_back_is_none(db: Database) -> None:
    """What counts is how the study stands."""
    add(db, FIRST, "2026-01-01T00:00:00Z")
    retract(db, FIRST, "2026-04-01T00:00:00Z")
    db.table("studies").update(FIRST, {"notice": "none"})
    assert [event.is_retraction for event in events(db)] == [False]


def test_events_of_other_studies_are_not_told(db: Database) -> None:
    """A feed of a search has what the search finds."""
    add(db, FIRST, "2026-01-01T00:00:00Z", publication_year=2020)
    add(db, FIRST + 1, "2026-01-01T00:00:00Z")
    retract(db, FIRST + 1, "2026-04-01T00:00:00Z")
    assert [event.pmid for event in events(db, **{"from": ["2020"]})] == [FIRST]


def test_a_long_abstract_is_cut_at_a_word_and_a_long_list_of_authors_after_some() -> None:
    """A feed is a notice, not a copy."""
    many = tuple(person(last_name=f"Sample{place}") for place in range(40))
    (entry,) = feeds.entries(written(record(abstract="word " * 500, people=many)))
    assert entry.summary.endswith("word …")
    assert len(entry.authors) == 10


@given(studies)
def test_whatever_a_study_says_it_is_text(study: Record) -> None:
    """Nothing of it is markup; every character that XML can hold is there."""
    document = written(study)
    assert feeds.faults(document) == []
    (entry,) = feeds.entries(document)
    assert entry.title_detail.type == "text/plain"
    assert entry.summary_detail.type == "text/plain"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "&lt;b&gt; & ]]>", "\U0001f9e0 \U00020000 \U0010fffd"])
def test_a_title_is_read_as_it_was_written(text: str) -> None:
    """Markup in it is shown, not obeyed."""
    (entry,) = feeds.entries(written(record(title=text)))
    assert collapsed(entry.title) == text


def test_what_xml_cannot_hold_is_shown_as_missing() -> None:
    """Instead of breaking the feed."""
    (entry,) = feeds.entries(written(record(title="a\x00b\x1fc\ufffed")))
    assert entry.title == "a\ufffdb\ufffdc\ufffdd"
