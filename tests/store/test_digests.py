"""What is news for a digest: what is new, and every notice, until it has been told."""

from __future__ import annotations

from datetime import date

from harvest.model import Deletion, Link, Pmid
from harvest.store import Store
from harvest.store.digests import News
from tests.fakes import Clock, study
from tests.store.saving import save

ONE, TWO = Pmid(970_000_101), Pmid(970_000_102)
LONG_AGO, SINCE = "2020-01-01", date(2026, 11, 1)

RETRACTED = (Link("RetractionIn", None, "Invented J. 2026;1:1.", None),)
DOUBTED = (Link("ExpressionOfConcernIn", None, "Invented J. 2026;1:2.", None),)


def tell(store: Store) -> list[News]:
    """What a digest tells now."""
    with store.transaction():
        news = store.digests.news(SINCE)
        store.digests.tell(news)
    return news


def test_a_study_is_news_once(store: Store) -> None:
    """From its day of entry on, however often it is revised."""
    save(store, study(ONE, links=()), study(TWO, links=(), entered=LONG_AGO))
    assert tell(store) == [(ONE, "new")]
    save(store, study(ONE, links=(), revised="2026-11-20", title="Another title."))
    assert tell(store) == []


def test_a_study_that_pubmed_has_withdrawn_is_not_news(store: Store) -> None:
    """Nobody could read it."""
    save(store, study(ONE, links=()))
    with store.transaction():
        store.studies.withdraw([Deletion(ONE)])
    assert tell(store) == []


def test_each_notice_is_news_once(store: Store, clock: Clock) -> None:
    """Of a study of any age; one that comes back is known."""
    save(store, study(ONE, links=(), entered=LONG_AGO))
    told = []
    for day, links in enumerate((DOUBTED, RETRACTED, (), DOUBTED), start=10):
        clock.pass_by(days=1)
        save(store, study(ONE, links=links, entered=LONG_AGO, revised=f"2026-11-{day}"))
        told.append(tell(store))
    assert told == [[(ONE, "concern")], [(ONE, "retracted")], [], []]


def test_a_retraction_that_was_taken_back_before_it_was_told_is_no_news(store: Store, clock: Clock) -> None:
    """What is told is what PubMed says now."""
    save(store, study(ONE, links=(), entered=LONG_AGO))
    save(store, study(ONE, links=RETRACTED, entered=LONG_AGO, revised="2026-11-10"))
    clock.pass_by(minutes=1)
    save(store, study(ONE, links=(), entered=LONG_AGO, revised="2026-11-11"))
    assert tell(store) == []


def test_a_study_that_arrives_with_its_notice_is_told_once(store: Store) -> None:
    """As retracted, and not as new after that; an old one whose notice is old is no news."""
    save(store, study(ONE, links=RETRACTED), study(TWO, links=RETRACTED, entered=LONG_AGO))
    assert tell(store) == [(ONE, "retracted")]
    assert tell(store) == []


def test_the_look_back_only_ever_widens(store: Store) -> None:
    """So that a digest that failed for weeks loses nothing."""
    asked = [date(2026, 11, 15), date(2026, 12, 1), date(2026, 10, 1), date(2026, 11, 1)]
    kept = [store.digests.look_back(day) for day in asked]
    assert kept == [date(2026, 11, 15), date(2026, 11, 15), date(2026, 10, 1), date(2026, 10, 1)]
    assert store.digests.last() is None
