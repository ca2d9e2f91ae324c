"""A feed names the studies that it shows, or fails; it never quietly shows none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.errors import PayloadError, SourceError
from harvest.http import Client
from harvest.sources.feed import Feed, read_feed
from tests.scripted import answer, scripted

ITEM = "<item><title>{0}</title><link>https://pubmed.ncbi.nlm.nih.gov/{0}/?ff=1</link>{1}</item>"


def feed_of(*guids: str) -> bytes:
    items = "".join(ITEM.format("A &lt;em&gt;title&lt;/em&gt;", f"<guid isPermaLink='false'>{g}</guid>") for g in guids)
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss xmlns:dc='http://purl.org/dc/elements/1.1/' version='2.0'>"
        f"<channel><title>t</title>{items}</channel></rss>"
    ).encode()


def test_the_pmids_come_from_the_guids_in_their_order() -> None:
    """Links change at every fetch; the guid is the only stable key."""
    assert read_feed(feed_of("pubmed:970000002", "pubmed:970000001")) == (970_000_002, 970_000_001)


def test_a_study_that_is_shown_twice_is_named_once() -> None:
    """A name is a name."""
    assert read_feed(feed_of("pubmed:7", "pubmed:7")) == (7,)


def test_a_feed_without_items_is_no_news() -> None:
    """An RSS 2.0 feed may be empty."""
    assert read_feed(feed_of()) == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><body>Under maintenance</body></html>", "not an RSS 2.0 feed"),
        (b"", "not an RSS 2.0 feed"),
        (b'{"error":"API rate limit exceeded"}', "not an RSS 2.0 feed"),
        (b"<PubmedArticleSet></PubmedArticleSet>", "not an RSS 2.0 feed"),
        (feed_of("pubmed:1", "pubmed:2")[:-40], "cut off"),
        (feed_of("https://pubmed.ncbi.nlm.nih.gov/1/"), "names no PMID"),
        (feed_of("pubmed:0"), "names no PMID"),
        (feed_of("pubmed:1x"), "names no PMID"),
        (feed_of(""), "names no PMID"),
        (feed_of("pubmed:1").replace(b"UTF-8", b"\x80TF-8"), "not a feed that can be read"),
        (feed_of("pubmed:1").replace(b"UTF-8", b"\x00TF-8"), "not a feed that can be read"),
    ],
)
def test_what_is_no_feed_is_an_error_and_not_no_news(body: bytes, reason: str) -> None:
    """An HTML page parses as an empty feed: it is refused, and asked for again unless it is the feed's own fault."""
    with pytest.raises(PayloadError, match=reason) as caught:
        read_feed(body)
    assert caught.value.retryable == (reason != "names no PMID")


def test_an_item_without_pmid_is_told_by_its_title() -> None:
    """So that a reader finds it; a long title is cut short."""
    with pytest.raises(PayloadError) as caught:
        read_feed(feed_of("").replace(b"A &lt;em&gt;title&lt;/em&gt;", b"x" * 500))
    assert str(caught.value) == f"an item of the feed names no PMID in its guid: {'x' * 80!r}"


@given(st.integers(0, 400), st.binary(max_size=4))
def test_a_damaged_feed_is_read_whole_or_refused(position: int, noise: bytes) -> None:
    """Whatever bytes come, there is a tuple of PMIDs or a clear error."""
    whole = feed_of("pubmed:1", "pubmed:2", "pubmed:3")
    try:
        pmids = read_feed(whole[:position] + noise + whole[position + len(noise) :])
    except PayloadError:
        return
    assert all(isinstance(pmid, int) and pmid > 0 for pmid in pmids)


def test_an_unchanged_feed_is_not_sent_again() -> None:
    """The server's own marks go back to it, and 304 names nothing and keeps them."""
    client = Client("test")
    marked = answer(feed_of("pubmed:1"), ETag='"v1"', Last_Modified="Sun, 22 Nov 2026 06:00:00 GMT")
    with scripted(marked, answer("", 304)) as server:
        first = Feed("news", server.url, client).discover(date(2026, 11, 1), None)
        second = Feed("news", server.url, client, first.etag, first.last_modified).discover(date(2026, 11, 1), None)
        headers = server.requests[1][2]
    client.close()
    assert first.pmids == (1,)
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == "Sun, 22 Nov 2026 06:00:00 GMT"
    assert (second.pmids, second.etag) == ((), '"v1"')


def test_a_page_that_stays_html_is_an_error_that_names_the_address() -> None:
    """The operator learns which feed it is."""
    client = Client("test", attempts=2, sleep=lambda _: None)
    with (
        scripted(answer("<html></html>")) as server,
        pytest.raises(SourceError, match=r"rss/search/1abc: .*not an RSS"),
    ):
        Feed("news", server.url + "rss/search/1abc?limit=100", client).discover(date(2026, 11, 1), None)
    client.close()
