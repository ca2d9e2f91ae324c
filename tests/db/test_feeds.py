"""A feed reader is told of what is new in a search, a cell or a tag, and of retractions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest import home as homes
from tests.db.conftest import database
from tests.db.filled import FULL, RETRACTED, fill
from tests.db.hostile import MARKUP, make_hostile_home
from tests.db.site import Site
from tests.publish import feeds
from tests.publish.invented import collapsed

SEARCHES = ["", "?q=memory", "?condition=depression", "?condition=depression&long_term_effect=cognition&finding=worse"]


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over studies that were loaded from a hostile file."""
    with Site(make_hostile_home(tmp_path_factory.mktemp("hostile") / "home")) as site:
        yield site


@pytest.mark.parametrize("asked", SEARCHES)
def test_any_search_is_a_feed(site: Site, asked: str) -> None:
    """It has what the search finds, and says where it stands and what it is."""
    answer = site.get(f"/search.atom{asked}")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert feeds.faults(answer.content) == []
    found = {study["pmid"] for study in site.get(f"/search.json{asked}").json()["results"]}
    assert {int(entry.id.split("/study/")[1]) for entry in feeds.entries(answer.content)} == found
    assert f"http://localhost/search.atom{asked}".replace("&", "&amp;") in answer.text


def test_a_tag_is_a_feed(site: Site) -> None:
    """The same as a search for it, under the name of the tag; it can be narrowed."""
    answer = site.get("/tag/condition/depression.atom")
    assert feeds.faults(answer.content) == []
    assert "<title>Ketamine literature tracker: Depression</title>" in answer.text
    searched = site.get("/search.atom?condition=depression")
    entries = feeds.entries(answer.content)
    assert [entry.id for entry in entries] == [entry.id for entry in feeds.entries(searched.content)]
    narrowed = feeds.entries(site.get("/tag/condition/depression.atom?q=infusions+memory&participants=50").content)
    assert [entry.link for entry in narrowed] == [f"http://localhost/study/{FULL}"]


@pytest.mark.parametrize("address", ["/tag/condition/nothing.atom", "/tag/nothing/depression.atom"])
def test_there_is_no_feed_of_no_tag(site: Site, address: str) -> None:
    """It would stay empty, and nobody would know why."""
    assert site.get(address).status_code == 404


def test_without_a_database_there_is_no_feed(home: Path) -> None:
    """And nothing fails."""
    with Site(home) as site:
        assert site.get("/search.atom").status_code == 404


def test_an_empty_database_has_a_valid_feed(empty_site: Site) -> None:
    """With no entry."""
    document = empty_site.get("/search.atom").content
    assert feeds.faults(document) == []
    assert feeds.entries(document) == []


def test_a_retraction_that_was_noticed_comes_back(tmp_path: Path) -> None:
    """The study has its old place no more: it stands in the feed once."""
    folder = tmp_path / "home"
    homes.make(folder)
    with database(folder) as opened:
        fill(opened, kind="live")
        moment = "2026-11-20T03:30:00Z"
        change = {"pmid": RETRACTED, "changed_at": moment, "field": "notice", "old": "none", "new": "retracted"}
        opened.table("changes").insert(change)
    with Site(folder) as site:
        document = site.get("/search.atom?retracted=hide").content
    assert feeds.faults(document) == []
    entries = [entry for entry in feeds.entries(document) if str(RETRACTED) in entry.id]
    assert [(entry.id.rpartition("/")[2], entry.updated) for entry in entries] == [(moment, moment)]
    assert entries[0].title.startswith("RETRACTED: ")


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    """A reader says what it has."""
    first = site.get("/search.atom")
    again = site.ask("/search.atom", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = site.ask("/search.atom", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_hostile_studies_are_text(hostile_site: Site) -> None:
    """Each title is what it was, and nothing in the feed is markup but the feed's own."""
    answer = hostile_site.get("/search.atom?incidental=1")
    assert feeds.faults(answer.content) == []
    told = {collapsed(entry.title) for entry in feeds.entries(answer.content)}
    for payload in MARKUP.values():
        assert any(collapsed(payload)[:40] in title for title in told), payload
    assert "<script" not in answer.text
    assert "javascript:" not in answer.text.split("<summary")[0]


def test_a_hostile_address_is_text(site: Site) -> None:
    """What was asked for stands in the feed's title and identifier, and ends neither."""
    answer = site.get("/search.atom", q='"><script>alert(1)</script>]]>&', condition="</id>")
    assert feeds.faults(answer.content) == []
    assert "<script" not in answer.text
