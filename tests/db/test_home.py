"""The front page says what the site is, how fresh it is and where to type, and leads to what it counts."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from tests.db.conftest import database
from tests.db.filled import TODAY
from tests.db.markup import Page
from tests.db.site import Site

SCOPES = ["", "?species=any", "?relevance=any", "?species=any&relevance=any"]


def tree(page: str) -> Any:
    return html.fromstring(page)


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def total(site: Site, address: str) -> int:
    """How many studies a search of an address finds."""
    found: int = site.get(address.replace("/search?", "/search.json?")).json()["total"]
    return found


def asked(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def table(page: str, name: str) -> list[list[str]]:
    """The cells of a table in words, row by row."""
    rows = tree(page).xpath(f'//table[@class="{name}"]/tbody/tr')
    return [[words(cell) for cell in row.xpath("./th | ./td")] for row in rows]


def test_the_reader_learns_first_what_this_is_and_where_to_type(site: Site) -> None:
    """The search box comes before all counts, with one sentence above and freshness below it."""
    page = site.page("/")
    form = tree(page).xpath("//main//form")[0]
    assert (form.get("action"), form.get("method"), form.get("role")) == ("/search", "get", "search")
    assert form.xpath('./label[@for="q"]')
    assert form.xpath('./input[@id="q" and @name="q" and @type="search"]')
    order = ["<h1>", "Studies that PubMed lists", 'name="q"', "Last successful harvest", "How complete is this?"]
    places = [page.index(part) for part in [*order, "What is new</h2>", "Newest studies</h2>", "Questions to ask</h2>"]]
    assert places == sorted(places)
    assert words(tree(page).xpath('//p[@class="facts"]')[0]).startswith("5 studies. PubMed lists 9 for the search.")


def test_of_several_searches_nobody_knows_how_much_there_is(home: Path) -> None:
    """They overlap, so their totals do not add up."""
    with database(home) as opened:
        opened.table("sources").insert_all({"name": name, "kind": "search", "total": 9} for name in ("one", "another"))
        opened.execute(_STUDY)
        opened.conn.commit()
    with Site(home) as site:
        page = site.page("/")
        assert "1</strong> study." in page
        assert "for the search" not in page


_STUDY = """
insert into studies (pmid, title, first_seen, kind, version, authors_complete, fingerprint)
values (970001000, 'Invented', '2026-01-01', 'article', 1, 1, '')
"""


@pytest.mark.parametrize("scope", SCOPES)
def test_what_is_new_is_counted_as_its_searches_and_its_query_do(varied_site: Site, scope: str) -> None:
    """Every number of the table opens that many studies, the newest first, and the linked query has the same rows."""
    page = varied_site.page(f"/{scope}")
    links = tree(page).xpath('//table[@class="news"]//td/a')
    assert len(links) > 5
    for link in links:
        assert parse_qs(urlsplit(link.get("href")).query)["sort"] == ["entered"]
        assert total(varied_site, link.get("href")) == int(words(link).replace(",", ""))
    query = tree(page).xpath('//a[starts-with(@href, "/ketamine/what_is_new?")]')[0].get("href")
    rows = varied_site.rows("what_is_new", **asked(query))
    shown = table(page, "news")
    assert shown[0][0] == "All studies"
    assert [row[1:] for row in shown] == [[str(row[f"last_{n}_days"]) for n in (7, 30, 90)] for row in rows]
    assert [row[0] for row in shown[1:]] == [row["condition"] for row in rows[1:]]


def test_a_search_for_what_is_new_says_so(site: Site) -> None:
    """It names the days among its filters, keeps them when other filters are applied, and leaves out what is older."""
    page = tree(site.page("/search?since=45"))
    assert "Remove entered PubMed in the last 45 days ×" in [words(link) for link in page.xpath("//main//li/a")]
    assert page.xpath('//select[@name="since"]/option[@selected and @value="45"]')
    assert total(site, "/search?since=45") == 1
    assert total(site, "/search?since=x") == total(site, "/search?") == 5


def test_a_home_of_other_questions_has_a_front_page(home: Path) -> None:
    """Where there are no such facets as the matrix names, there is none, and what is new is counted in all."""
    with database(home) as opened:
        opened.execute(_STUDY)
        opened.conn.commit()
    with Site(home) as site:
        page = site.page("/?species=any&relevance=any")
        assert table(page, "news") == [["All studies", "0", "0", "0"]]
        assert "What was found of what" not in page


@pytest.mark.parametrize("scope", SCOPES)
def test_years_are_counted_as_their_searches_and_their_query_do(varied_site: Site, scope: str) -> None:
    """A year without studies is 0, and the running one is said not to be over."""
    page = varied_site.page(f"/{scope}")
    for link in tree(page).xpath('//table[@class="years"]//td/a'):
        assert total(varied_site, link.get("href")) == int(words(link))
    query = tree(page).xpath('//a[starts-with(@href, "/ketamine/studies_per_year?")]')[0].get("href")
    counted = {row["year"]: row["studies"] for row in varied_site.rows("studies_per_year", **asked(query))}
    shown = {int(year[:4]): (year[4:], int(studies)) for year, studies in table(page, "years")}
    assert {year: studies for year, (_, studies) in shown.items() if studies} == counted
    assert {year for year, (note, _) in shown.items() if note == " (not over)"} == {TODAY.year, TODAY.year + 1}


def test_the_chart_is_told_in_words(varied_site: Site) -> None:
    """It has a name and a description, bars for the years with studies, dashed where the year is not over."""
    [chart] = tree(varied_site.page("/")).xpath('//figure//svg[@role="img"]')
    title, described = chart.get("aria-labelledby").split()
    assert words(chart.xpath(f'.//*[@id="{title}"]')[0]) == "Studies by year of publication"
    assert "The last year is not over." in words(chart.xpath(f'.//*[@id="{described}"]')[0])
    assert len(chart.xpath(".//rect")) == 4
    assert len(chart.xpath('.//rect[@class="partial"]')) == 2


def test_the_newest_studies_are_of_the_scope(varied_site: Site) -> None:
    """They are those that a search lists first, and the number below opens them all."""
    page = tree(varied_site.page("/"))
    shown = [link.get("href") for link in page.xpath("//article//h3/a")]
    more = page.xpath('//section[@aria-labelledby="newest"]/p/a')[0]
    found = varied_site.get(more.get("href").replace("/search?", "/search.json?")).json()
    assert shown == [f"/study/{study['pmid']}" for study in found["results"][: len(shown)]]
    assert words(more) == f"All {found['total']}, newest first"


def test_a_wider_scope_is_a_link_away(varied_site: Site) -> None:
    """What is counted now is marked, and what else can be counted is a link."""
    page = tree(varied_site.page("/?species=any"))
    scope = page.xpath('//p[@class="scope"]')[0]
    assert [words(one) for one in scope.xpath('./strong[@aria-current="true"]')] == [
        "people, animals or cells",
        "mainly about the subject",
    ]
    assert [link.get("href") for link in scope.xpath("./a")] == ["/", "/?species=any&relevance=any"]
    assert page.xpath('//a[@href="/matrix?species=any"]')


def test_home_shows_the_matrix_with_its_findings_as_signs(varied_site: Site) -> None:
    """Each sign has its word for those who cannot see it, and the larger matrix is a step away."""
    page = tree(varied_site.page("/"))
    told = page.xpath('//td/a[contains(@class, "told worse")]')[0]
    assert words(told.xpath('./span[@aria-hidden="true"]')[0]) == "▼"
    assert words(told.xpath('./span[@class="visually-hidden"]')[0]) == "worse"
    assert page.xpath('//section[@aria-labelledby="evidence"]//a[@href="/matrix"]')


def test_saved_questions_are_listed(site: Site) -> None:
    """With what each answers."""
    page = site.page("/")
    assert 'href="/ketamine/effect_by_condition"' in page
    assert "Untitled record" not in page


def test_home_answers_as_json_as_before(site: Site) -> None:
    """Datasette's own list of databases stays for programs."""
    assert "ketamine" in site.get("/.json").json()


@pytest.mark.parametrize("path", ["/", "/matrix", "/tag/long_term_effect/memory", "/tag/flavour/sweet", "/about"])
def test_summaries_are_valid_pages(varied_site: Site, path: str) -> None:
    """Without an error of HTML, and with nothing in them that could run or ask another host."""
    page = Page(varied_site.get(path).text)
    assert page.faults() == []
    assert page.dangers() == []
    levels = [int(one.tag[1]) for one in page.elements("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
