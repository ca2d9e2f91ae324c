"""The page of results: what was asked, what narrows it, and the studies that are left, the same as data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvest import home as homes
from tests.db.conftest import database
from tests.db.filled import CORRECTED, FULL, HOSTILE, RETRACTED, SCRIPT, TODAY
from tests.db.markup import Page
from tests.db.site import Site
from tests.db.varied import FACETS, FIRST, STUDIES, fill_varied

SHOWN = [facet for facet, (kind, _) in FACETS.items() if kind != "number"]
SEARCHES = [
    {},
    {"q": "invented"},
    {"condition": "mood"},
    {"condition": ["pain", "sleep"], "design": "rct", "species": "human"},
    {"long_term_effect": "memory", "finding": ["worse", "mixed"]},
    {"finding": "better", "theme": "cost"},
    {"relevance": "incidental"},
    {"incidental": "1", "retracted": "hide", "from": str(TODAY.year - 1)},
    {"q": "mind", "level": "2", "since": "90"},
]


@pytest.fixture(scope="module")
def named_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Studies that differ in all that can be asked, some with an abstract."""
    folder = tmp_path_factory.mktemp("named") / "home"
    homes.make(folder)
    with database(folder) as opened:
        fill_varied(opened)
        opened.execute("UPDATE studies SET abstract = 'Text of a rarity.' WHERE pmid % 4 = 0")
        opened.execute("UPDATE studies SET participants = pmid % 90, follow_up_days = pmid % 40 WHERE pmid % 3")
        opened.conn.commit()
    with Site(folder) as site:
        yield site


def page_of(site: Site, search: dict[str, Any]) -> Page:
    return Page(site.page(f"/search?{urlencode(search, doseq=True)}"))


def data_of(site: Site, search: dict[str, Any]) -> dict[str, Any]:
    answer = site.get(f"/search.json?{urlencode(search, doseq=True)}")
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()
    return data


def words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def classed(page: Page, name: str) -> list[Element]:
    return [one for one in page.elements() if name in one.attrib.get("class", "").split()]


def total_of(page: Page) -> int:
    [told] = [one for one in page.elements() if one.attrib.get("role") == "status"]
    return int(words_of(told).split()[0].replace(",", ""))


def shown_on(page: Page) -> list[int]:
    """The PMIDs of the studies in their order."""
    links = [link for card in classed(page, "card") for link in card.iterfind("h3/a")]
    return [int(link.attrib["href"].rsplit("/", 1)[1]) for link in links]


def options_of(page: Page) -> dict[tuple[str, str], tuple[int, bool]]:
    """What can be ticked: its count, and whether it is ticked."""
    found = {}
    for label in page.elements("label"):
        box, count = label.find("input"), label.find("span")
        if box is not None and count is not None and "value" in box.attrib:
            number = int(words_of(count).replace(",", ""))
            found[box.attrib["name"], box.attrib["value"]] = number, "checked" in box.attrib
    return found


@pytest.mark.parametrize("search", SEARCHES)
def test_the_page_is_valid_and_shows_what_the_data_says(named_site: Site, search: dict[str, Any]) -> None:
    """The same studies in the same order, and as many."""
    page, data = page_of(named_site, search), data_of(named_site, search)
    assert page.faults() == []
    assert shown_on(page) == [study["pmid"] for study in data["results"]]
    assert total_of(page) == data["total"]
    assert len(data["results"]) == min(data["total"], 20)


@pytest.mark.parametrize("search", SEARCHES)
def test_a_number_beside_a_value_is_what_it_shows_when_ticked_alone(named_site: Site, search: dict[str, Any]) -> None:
    """In its facet; what is ticked elsewhere stays."""
    options = options_of(page_of(named_site, search))
    assert {facet for facet, _ in options} <= {*SHOWN, "finding"}
    for (facet, value), (count, _) in options.items():
        assert data_of(named_site, search | {facet: value})["total"] == count, (facet, value)


def test_no_facet_is_left_out(named_site: Site) -> None:
    """Each value that some study shown has can be ticked, and what is ticked is, be there studies or not."""
    options = options_of(page_of(named_site, {"incidental": "1"}))
    expected = {(facet, tag) for facet in SHOWN for tag in FACETS[facet][1] if tag not in ("nowhere", "unseen")}
    assert expected <= options.keys()
    assert options_of(page_of(named_site, {"condition": "nowhere"}))["condition", "nowhere"] == (0, True)


def test_what_is_on_is_told_and_can_be_taken_off(named_site: Site) -> None:
    """Condition by condition, each by a link to the same search without it."""
    search = {"q": "invented", "condition": "mood", "from": "2015", "participants": "5", "retracted": "hide"}
    search |= {"followup": "28", "level": "2", "finding": "no-change", "since": "3650", "sort": "entered", "page": "1"}
    page = page_of(named_site, search)
    [chips] = classed(page, "conditions")
    links = {words_of(link): dict(parse_qsl(urlsplit(link.attrib["href"]).query)) for link in chips.iter("a")}
    assert "Remove found: no change ×" in links
    assert "Remove followed at least 4 weeks ×" in links
    kept = {name: value for name, value in search.items() if name != "page"}
    for name, value in kept.items():
        if name not in ("q", "sort"):
            assert {key: one for key, one in kept.items() if key != name} in links.values(), (name, value)
    assert links["remove all filters"] == {"q": "invented"}


def test_a_filter_stays_filled_in(named_site: Site) -> None:
    """So that the form says what it was sent with."""
    search = {"q": 'a "b" <c>', "from": "2015", "to": "2024", "participants": "0", "followup": "30", "abstract": "1"}
    page = page_of(named_site, search | {"sort": "published", "species": "human"})
    inputs = {one.attrib["name"]: one.attrib for one in page.elements("input") if one.attrib.get("name") in search}
    for name in ("q", "from", "to", "participants"):
        assert inputs[name]["value"] == search[name]
    assert "checked" in inputs["abstract"]
    chosen = [one.attrib["value"] for one in page.elements("option") if "selected" in one.attrib]
    assert chosen == ["30", "published"]
    assert options_of(page)["species", "human"][1]


@pytest.mark.parametrize(
    ("sort", "column"), [("published", "publication_date"), ("entered", "entered"), ("participants", "participants")]
)
def test_studies_can_be_put_in_order(named_site: Site, sort: str, column: str) -> None:
    """The latest or largest first, whatever the words."""
    found = data_of(named_site, {"q": "invented", "sort": sort, "size": "100"})["results"]
    values = [-1 if study[column] is None else study[column] for study in found]
    assert values == sorted(values, reverse=True)


def test_pages_follow_one_another(named_site: Site) -> None:
    """By links, until all were shown once; a page that is not there leads back."""
    address, seen = "/search?q=invented&incidental=1&sort=entered", []
    while address:
        page = Page(named_site.page(address))
        seen += shown_on(page)
        following = [link.attrib["href"] for link in page.elements("a") if link.attrib.get("rel") == "next"]
        address = following[0] if following else ""
    assert sorted(seen) == list(range(FIRST, FIRST + STUDIES))
    assert "There is no page 99" in named_site.page("/search", q="invented", page=99)


def test_what_is_hidden_is_told(named_site: Site) -> None:
    """How many studies only mention the subject; they are shown on demand."""
    shown, hidden = (page_of(named_site, search) for search in ({"incidental": "1"}, {}))
    more = total_of(shown) - total_of(hidden)
    assert more > 0
    [told] = [one for one in hidden.elements() if one.attrib.get("role") == "status"]
    assert f"{more} more only mention the subject" in words_of(told)


def test_nothing_found_says_what_to_do(named_site: Site) -> None:
    """Fewer filters, or other words."""
    assert "No study found." in named_site.page("/search", q="xylophone")
    assert "Remove a filter" in named_site.page("/search", q="invented", participants=9_999_999)


def test_without_a_database_the_page_says_so(home: Path) -> None:
    """And the data is empty."""
    with Site(home) as site:
        assert "There is no database yet." in site.page("/search", q="pain")
        data = data_of(site, {"q": "pain"})
        assert (data["total"], data["results"]) == (0, [])


def test_what_was_looked_for_is_highlighted(site: Site) -> None:
    """In titles and in passages, in any form of the word."""
    page = page_of(site, {"q": "infusion memory"})
    cards = dict(zip(shown_on(page), classed(page, "card"), strict=True))
    marks = {words_of(mark).lower() for mark in cards[RETRACTED].iter("mark")}
    assert marks == {"memory", "infusions"}


def test_hostile_texts_are_shown_as_they_are(site: Site) -> None:
    """Nothing in a title, a journal, an abstract or a tag's phrase becomes part of the page, highlighted or not."""
    for search in ({"q": "alert"}, {"q": "script title"}, {"q": SCRIPT}, {"q": f'"{SCRIPT}"', "condition": SCRIPT}):
        text = site.page(f"/search?{urlencode(search)}")
        assert SCRIPT not in text
        assert Page(text).faults() == []
    page = page_of(site, {"q": "alert title"})
    assert HOSTILE in shown_on(page)
    assert SCRIPT in {words_of(title) for title in page.elements("h3")}.pop()


def test_retracted_studies_are_marked_or_hidden(site: Site) -> None:
    """As the reader likes."""
    shown, hidden = page_of(site, {"q": "memory"}), page_of(site, {"q": "memory", "retracted": "hide"})
    assert RETRACTED in shown_on(shown)
    assert {words_of(one) for one in classed(shown, "notice")} >= {"Retracted"}
    assert RETRACTED not in shown_on(hidden)


def test_a_card_tells_what_a_study_is(site: Site) -> None:
    """Journal, date, size, length, tags and what was found; what is not known is not there."""
    page = page_of(site, {"q": "memory infusions"})
    cards = {shown: words_of(card) for shown, card in zip(shown_on(page), classed(page, "card"), strict=True)}
    told = cards[FULL]
    for words in ("Invented Annals of Memory", "2026-11-03", "80 participants", "followed 12 weeks", "no change"):
        assert words in told
    assert "None" not in "".join(cards.values())
    assert "No abstract in PubMed." in words_of(classed(page_of(site, {"q": "corrected table"}), "card")[0])
    assert shown_on(page_of(site, {"q": "corrected table"}))[0] == CORRECTED


def test_a_word_that_was_read_as_another_is_told(named_site: Site) -> None:
    """With a link that looks for what was typed."""
    page = page_of(named_site, {"q": "inveted"})
    [told] = classed(page, "correction")
    assert words_of(told).startswith("Read inveted as invented.")
    [link] = told.iter("a")
    assert dict(parse_qsl(urlsplit(link.attrib["href"]).query)) == {"q": '"inveted"'}


@settings(max_examples=60)
@given(st.text() | st.text("-+\"*^:(){}az '~,%&|", max_size=40), st.sampled_from(["", "year:", '"', "title:"]))
@example('"', "title:")
@example("NEAR(a b, 3) AND NOT OR", "")
@example("\0", "")
@example("x" * 5000, "")
@example("%' OR 1=1 --", "author:")
def test_no_query_is_an_error(named_site: Site, typed: str, before: str) -> None:
    """Whatever is typed, it is searched; page and data agree on how much was found."""
    search = {"q": before + typed}
    page, data = page_of(named_site, search), data_of(named_site, search)
    assert total_of(page) == data["total"]
    assert page.faults() == []


@pytest.mark.parametrize(
    "address",
    [
        "/search?page=0&size=-1&sort=best&level=x",
        "/search?page=99999999999999999999&size=99999999999",
        "/search?from=9999999999&to=-5&participants=1e9&followup=%C2%B2",
        "/search?condition=%3Cscript%3E&design=&species=x&unknown=1",
        "/search?q=%FF%FE%00&condition=%FF",
        "/search?q=a&q=b&q=",
        "/search?finding=worse&finding=x&since=999999999&level=99",
    ],
)
def test_no_address_is_an_error(named_site: Site, address: str) -> None:
    """What makes no sense in it is as if it was not there."""
    assert Page(named_site.page(address)).faults() == []
    assert data_of(named_site, dict(parse_qsl(urlsplit(address).query)))["total"] >= 0


def test_the_page_needs_no_script_and_no_other_host(named_site: Site) -> None:
    """Neither inline scripts and styles nor anything loaded from elsewhere."""
    page = page_of(named_site, {"q": "invented"})
    assert [one for one in page.elements("script") if "src" not in one.attrib and one.text] == []
    assert [one.attrib for one in page.elements() if "style" in one.attrib] == []
    assert all(link.attrib["href"].startswith("/") for link in page.elements("link"))


def test_the_data_says_how_it_was_read(site: Site) -> None:
    """What a program needs to show the same: page and size, corrections, and each study's columns and tags."""
    data = data_of(site, {"q": "memory infusons", "size": "2"})
    assert (data["page"], data["size"]) == (1, 2)
    assert len(data["results"]) == 2
    assert {"pmid", "title", "journal", "notice", "participants", "follow_up_days", "tags"} <= data["results"][0].keys()
