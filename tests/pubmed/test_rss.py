from __future__ import annotations

import re
from datetime import date

import feedparser
import pytest
import requests

from tests.pubmed import Corpus, LocalPubMed, serve
from tests.pubmed.conftest import NOW
from tests.pubmed.invented import CHAPTER, LETTER, OLD, RATS, TRIAL, article
from tests.pubmed.rss import eastern, entry_day


def fetch(session: requests.Session, url: str, **headers: str) -> requests.Response:
    return session.get(url, headers=headers, timeout=5)


def test_a_feed_is_read_by_feedparser(pubmed: LocalPubMed, session: requests.Session) -> None:
    """As RSS 2.0, the newest entry first; a record that was back-dated comes last."""
    answer = fetch(session, pubmed.feed_url("all[sb]"))
    feed = feedparser.parse(answer.content)
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    assert (feed.version, feed.bozo) == ("rss20", False)
    assert [entry.id for entry in feed.entries] == [f"pubmed:{pmid}" for pmid in (TRIAL, LETTER, CHAPTER, RATS, OLD)]
    assert feed.feed.title == "all[sb]"
    assert feed.feed.description == "all[sb]: Latest results from PubMed"


def test_the_channel_has_the_parts_that_pubmed_sends(pubmed: LocalPubMed, session: requests.Session) -> None:
    """In PubMed's order, down to the quotes of the declaration."""
    text = fetch(session, pubmed.feed_url("all[sb]")).text
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<rss xmlns:dc=")
    channel = text[: text.index("<item>")]
    assert re.findall(r"<([a-zA-Z:]+)[ >]", channel)[1:] == [
        "channel",
        "title",
        "link",
        "description",
        "atom:link",
        "docs",
        "generator",
        "language",
        "lastBuildDate",
        "pubDate",
        "ttl",
    ]
    assert "<lastBuildDate>Sun, 22 Nov 2026 15:45:00 +0000</lastBuildDate>" in channel
    assert "<pubDate>Fri, 20 Nov 2026 06:00:00 -0500</pubDate>" in channel


def test_an_item_shows_the_last_section_and_links_everything(pubmed: LocalPubMed, session: requests.Session) -> None:
    """Titles without a full stop, italics as em, the whole abstract in the content, identifiers one by one."""
    text = fetch(session, pubmed.feed_url("esketamine[nm]")).text
    item = text[text.index("<item>") :]
    title = "Repeated &lt;em&gt;S&lt;/em&gt;-ketamine for treatment-resistant depression: an invented trial"
    assert f"<title>{title}</title>" in item
    assert f"<dc:title>{title}</dc:title>" in item
    assert "<description>CONCLUSIONS: Mood improved at 10^(3) ng/mL.</description>" in item
    assert "<p><b>ABSTRACT</b></p>" in item
    assert ">BACKGROUND: Relapse is common.</p>" in item
    assert ">CONCLUSIONS: Mood improved at 10<sup>3</sup> ng/mL.</p>" in item
    line = f"Invented J Tests. 2026 Nov;7. doi: 10.5555/invented.{TRIAL}. Epub 2026 Oct 5."
    assert f'<p style="color: #4aa564;">{line}</p>' in item
    assert re.findall("<dc:identifier>(.*)</dc:identifier>", item) == [
        f"pmid:{TRIAL}",
        "pmc:PMC97000001",
        f"doi:10.5555/invented.{TRIAL}",
    ]
    assert re.findall("<dc:creator>(.*)</dc:creator>", item) == ["Ada Q Samplewood", "Ben Fictner"]
    assert "<dc:source>Invented journal of tests</dc:source>" in item
    assert "<dc:date>2026-11-20</dc:date>" in item


def test_a_record_without_an_abstract_says_so(pubmed: LocalPubMed, session: requests.Session) -> None:
    """In the words of PubMed."""
    text = fetch(session, pubmed.feed_url("letter[pt]")).text
    assert "<description>NO ABSTRACT</description>" in text
    assert "Online ahead of print." in text


def test_text_is_escaped_once(pubmed: LocalPubMed, session: requests.Session, corpus: Corpus) -> None:
    """Signs that mean something in HTML arrive as they were written, in labels too."""
    corpus.extend([article(970_000_030, title="A &amp; B", abstract=[("AIMS &amp; ENDS", "p &lt; 0.05")])])
    entry = feedparser.parse(fetch(session, pubmed.feed_url("970000030[uid]")).content).entries[0]
    assert entry.summary == "AIMS & ENDS: p < 0.05"
    assert ">AIMS &amp; ENDS: p &lt; 0.05</p>" in fetch(session, pubmed.feed_url("970000030[uid]")).text
    assert entry.title == "A &amp; B"


def test_a_long_abstract_is_cut(pubmed: LocalPubMed, session: requests.Session, corpus: Corpus) -> None:
    """The description ends in dots after 500 characters at most, between words."""
    corpus.extend([article(970_000_030, abstract=[("", "word " * 200)])])
    entry = feedparser.parse(fetch(session, pubmed.feed_url("970000030[uid]")).content).entries[0]
    assert entry.summary == "word " * 99 + "word..."


def test_links_change_at_every_fetch(pubmed: LocalPubMed, session: requests.Session) -> None:
    """And name the family of the caller's browser; the guid stays."""
    url = pubmed.feed_url("rats[ti]")
    answers = [fetch(session, url, **{"User-Agent": agent}) for agent in ("Mozilla Chrome/140", "tracker", "tracker")]
    entries = [feedparser.parse(answer.content).entries[0] for answer in answers]
    assert len({entry.link for entry in entries}) == 3
    assert [re.findall("utm_source=([^&]*)", entry.link)[0] for entry in entries] == ["Chrome", "Other", "Other"]
    assert {entry.id for entry in entries} == {f"pubmed:{RATS}"}
    assert "&ff=20261122104500&" in entries[0].link


def test_the_limit_is_15_and_at_most_100(corpus: Corpus, session: requests.Session) -> None:
    """Whatever is asked for."""
    corpus.extend(article(970_000_100 + number) for number in range(120))
    with serve(corpus) as pubmed:
        url = pubmed.feed_url("all[sb]", limit=500)
        sizes = [len(feedparser.parse(fetch(session, u).content).entries) for u in (url, url.split("?")[0], url + "0")]
    assert sizes == [100, 15, 100]


def test_a_feed_has_a_fixed_address(pubmed: LocalPubMed) -> None:
    """Fifty characters made from the search, found again by the feed's name."""
    pubmed.add_feed("chapters", "review[pt]")
    address = pubmed.feed_url("chapters", limit=20)
    assert re.fullmatch(rf"{re.escape(pubmed.url)}rss/search/1[A-Za-z0-9_-]{{49}}/\?limit=20", address)
    assert pubmed.feed_url("review[pt]", limit=20) == address
    assert pubmed.feed_url("letter[pt]", limit=20) != address


def test_feeds_can_be_made_over_http(pubmed: LocalPubMed, session: requests.Session) -> None:
    """With the form of PubMed's page; a name with a slash is refused."""
    form = {"name": "chapters", "limit": "15", "term": "review[pt]", "csrfmiddlewaretoken": "x"}
    address = session.post(pubmed.url + "create-rss-feed-url/", data=form, timeout=5).json()["rss_feed_url"]
    assert feedparser.parse(fetch(session, address).content).entries[0].id == f"pubmed:{CHAPTER}"
    assert f"feed chapters {address.split('?')[0]}" in fetch(session, pubmed.url).text
    refused = session.post(pubmed.url + "create-rss-feed-url/", data=form | {"name": "a/b"}, timeout=5)
    assert refused.status_code == 400


def test_an_unknown_feed_is_not_found(pubmed: LocalPubMed, session: requests.Session) -> None:
    """With a page, as PubMed does."""
    answer = fetch(session, f"{pubmed.url}rss/search/1{'x' * 49}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=UTF-8")


def test_a_feed_of_nothing_is_still_a_feed(pubmed: LocalPubMed, session: requests.Session) -> None:
    """An empty channel, whether nothing matches or the search is malformed."""
    for term in ("nowhere[ti]", "(("):
        feed = feedparser.parse(fetch(session, pubmed.feed_url(term)).content)
        assert (feed.version, feed.entries) == ("rss20", [])


def test_validators_are_sent_when_told_to(corpus: Corpus, session: requests.Session) -> None:
    """Then an unchanged feed is 304 without a body, a changed one is sent whole."""
    with serve(corpus, etag=True, now=lambda: NOW) as pubmed:
        url = pubmed.feed_url("all[sb]")
        first = fetch(session, url)
        mark, day = first.headers["ETag"], first.headers["Last-Modified"]
        assert day == "Fri, 20 Nov 2026 11:00:00 GMT"
        for headers in ({"If-None-Match": mark}, {"If-Modified-Since": day}):
            again = fetch(session, url, **headers)
            assert (again.status_code, again.content) == (304, b"")
        corpus.extend([article(970_000_040)])
        assert fetch(session, url, **{"If-None-Match": mark, "If-Modified-Since": day}).status_code == 200


def test_no_validators_are_sent_otherwise(pubmed: LocalPubMed, session: requests.Session) -> None:
    """What PubMed itself sends is not known."""
    answer = fetch(session, pubmed.feed_url("all[sb]"), **{"If-None-Match": "*"})
    assert answer.status_code == 200
    assert not {"ETag", "Last-Modified"} & set(answer.headers)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-07", -5), ("2026-03-08", -4), ("2026-10-31", -4), ("2026-11-01", -5), ("2025-03-09", -4)],
)
def test_eastern_time_follows_the_american_summer(day: str, hours: int) -> None:
    """From the second Sunday of March to the first of November."""
    offset = eastern(date.fromisoformat(day)).utcoffset(None)
    assert offset.total_seconds() / 3600 == hours


def test_feeds_go_by_the_entry_date(corpus: Corpus) -> None:
    """Which is not the day of creation for a record that was added late."""
    assert entry_day(corpus.xml(OLD) or b"") == date(1976, 5, 1)
    assert entry_day(corpus.xml(LETTER) or b"") == date(2026, 11, 10)
