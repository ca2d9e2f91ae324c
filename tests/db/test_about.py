"""About and methods tells how studies come, are tagged and are cited."""

from __future__ import annotations

import re
from pathlib import Path

from tests.db.filled import TODAY
from tests.db.site import Site
from tests.db.test_home import total, tree, words


def test_what_is_harvested_is_told_by_source(site: Site) -> None:
    """With the search as PubMed reads it, and the way to what is missing."""
    page = re.sub(r"\s+", " ", site.page("/about").split("<main")[1].split("</main>")[0])
    for told in (
        "<h3>Search pubmed</h3>",
        "<dt>Studies in PubMed</dt><dd>9</dd>",
        "<dt>Named by it, and here</dt><dd>1</dd>",
        "<dd><code>&#34;ketamine&#34;[MeSH Terms]</code></dd>",
        "How complete is this?",
        "not medical advice",
        "courtesy of the U.S. National Library of Medicine",
        "NLM does not endorse this site",
    ):
        assert told in page, told


def test_every_facet_and_tag_is_defined(varied_site: Site) -> None:
    """Each tag with its page and its studies, counted whatever else they are."""
    page = tree(varied_site.page("/about"))
    assert [words(one) for one in page.xpath('//h3[starts-with(@id, "facet-")]')][:3] == [
        "Relevance",
        "Species",
        "Design",
    ]
    links = page.xpath('//dl[@class="tag-list"]/dt/a[@class="count"]')
    assert len(links) == 15
    for link in links:
        assert total(varied_site, link.get("href")) == int(words(link))
    assert page.xpath('//dl//a[@href="/tag/condition/low-mood"]')


def test_how_good_the_tags_are_is_what_the_query_says(site: Site) -> None:
    """Facet by facet, with interval and whether the rules have changed."""
    [row] = tree(site.page("/about")).xpath('//table[caption[@id="accuracy-caption"]]/tbody/tr')
    cells = [words(cell) for cell in row]
    assert cells == ["Condition", "Two readers", "150", "0.9", "0.8", "0.85 (0.75 to 0.91)", "yes"]
    assert site.rows("accuracy")[0]["f1_interval"] in cells[5]


def test_levels_of_evidence_are_no_assessment(site: Site) -> None:
    """They are listed from the highest down, each as a search."""
    page = tree(site.page("/about"))
    levels = page.xpath('//ol/li/a[starts-with(@href, "/search?level=")]')
    assert [link.get("href")[-1] for link in levels] == ["1", "2", "3", "4", "5"]
    assert "It is not an assessment of quality" in page.xpath("string(//main)")


def test_a_citation_names_site_day_and_address(site: Site) -> None:
    """So that a reader can say what was read when."""
    cited = words(tree(site.page("/about")).xpath("//blockquote")[0])
    assert cited.startswith("Ketamine literature tracker: an index of records from PubMed")
    assert f"Last harvest {TODAY}. Read {TODAY}. http://localhost/" in cited


def test_about_stands_before_the_first_harvest(home: Path, empty_site: Site) -> None:
    """Nothing is claimed that is not known."""
    page = empty_site.page("/about")
    assert "No source has been asked yet." in page
    assert "Not measured yet." in page


def test_about_stands_without_a_database(home: Path) -> None:
    """The notice of NLM is there all the same."""
    with Site(home) as site:
        page = site.page("/about")
    assert "There is no database yet." in page
    assert "Where the records come from" in page
