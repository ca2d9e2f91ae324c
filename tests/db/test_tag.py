"""The page of a tag tells what it means and how well it is given, and counts its studies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.db.filled import TODAY
from tests.db.site import Site
from tests.db.test_home import SCOPES, asked, table, total, tree, words

MEMORY = "/tag/long_term_effect/memory"


def test_a_tag_is_explained(varied_site: Site) -> None:
    """By its definition, its other names as a reader writes them, and the tags above and below it."""
    page = tree(varied_site.page(MEMORY))
    assert words(page.xpath("//h1")[0]) == "Memory"
    assert words(page.xpath('//p[@class="lead"]')[0]) == "Memory."
    assert words(page.xpath('//p[@class="also"]')[0]) == "Also: mind, remember…, recall/recollection."
    below = tree(varied_site.page("/tag/condition/mood"))
    assert below.xpath('//main/p/a[@href="/tag/condition/low-mood"]')
    above = tree(varied_site.page("/tag/condition/low-mood"))
    assert words(above.xpath('//p[@class="where"]')[0]) == "Condition › Mood"


def test_a_tag_tells_how_well_it_is_given(varied_site: Site) -> None:
    """With the facet as a whole and the finding beside it, and whether the rules have changed since."""
    rows = tree(varied_site.page(MEMORY)).xpath('//table[caption[@id="accuracy-caption"]]/tbody/tr')
    assert [words(row.xpath("./th")[0]) for row in rows] == ["this tag", "all tags of this kind", "what was found"]
    first = [words(cell) for cell in rows[0].xpath("./td")]
    measured = "Two readers: 150 studies, given to 40; the rules have changed since"
    assert first == [measured, "0.90", "–", "0.85 (0.75 to 0.91)"]
    assert "Not measured yet." in varied_site.page("/tag/condition/pain")


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("path", [MEMORY, "/tag/species/animal", "/tag/relevance/incidental", "/tag/condition/mood"])
def test_every_number_of_a_tag_opens_that_many_studies(varied_site: Site, path: str, scope: str) -> None:
    """In every scope, and on the page of a species or relevance whatever the scope is."""
    links = tree(varied_site.page(path + scope)).xpath('//main//a[starts-with(@href, "/search?")]')
    numbers = [link for link in links if words(link).isdecimal()]
    assert len(numbers) > 5
    for link in numbers:
        assert total(varied_site, link.get("href")) == int(words(link)), link.get("href")


@pytest.mark.parametrize("scope", SCOPES)
def test_the_saved_queries_of_a_tag_have_the_same_numbers(varied_site: Site, scope: str) -> None:
    """Years, findings and company alike."""
    page = varied_site.page(MEMORY + scope)
    links = [link.get("href") for link in tree(page).xpath('//main//a[starts-with(@href, "/ketamine/")]')]
    [by_year] = [link for link in links if link.startswith("/ketamine/tag_by_year?")]
    rows = varied_site.rows("tag_by_year", **asked(by_year))
    shown = {int(year[:4]): int(studies) for year, studies in table(page, "years") if studies != "0"}
    assert shown == {row["year"]: row["studies"] for row in rows if row["year"]}
    found = {finding.replace(" ", "_"): int(studies) for finding, studies in table(page, "counts")}
    found.pop("not_judged")
    assert found == {finding: sum(row[finding] for row in rows) for finding in found}
    [together] = [link for link in links if link.startswith("/ketamine/tags_together?")]
    pairs = {row["label"]: row["studies"] for row in varied_site.rows("tags_together", **asked(together))}
    company = [words(item).rsplit(maxsplit=1) for item in tree(page).xpath('//ul[@class="company"]/li/ul/li')]
    assert company
    assert all(pairs[label] == int(studies) for label, studies in company)


def test_a_tag_leads_to_its_studies_and_to_its_table(varied_site: Site) -> None:
    """Its newest studies are shown, the newest first."""
    page = varied_site.page(MEMORY)
    assert 'href="/search?long_term_effect=memory"' in page
    [rows] = tree(page).xpath('//a[@href="/ketamine/study_tags?facet=long_term_effect&tag=memory"]')
    held = varied_site.rows("study_tags", facet="long_term_effect", tag="memory", _size="max")
    assert words(rows) == f"all {len(held)} in the table"
    found = varied_site.get("/search.json?long_term_effect=memory&relevance=main&species=human&retracted=hide").json()
    shown = [link.get("href") for link in tree(page).xpath("//article//h3/a")]
    assert shown == [f"/study/{study['pmid']}" for study in found["results"][: len(shown)]]
    assert len(shown) == 5


def test_the_page_of_a_species_does_not_ask_for_another(varied_site: Site) -> None:
    """Only what it leaves open can be chosen."""
    scope = words(tree(varied_site.page("/tag/species/animal")).xpath('//p[@class="scope"]')[0])
    assert "people" not in scope
    assert "mainly about the subject" in scope


def test_a_tag_without_studies_has_a_page(varied_site: Site) -> None:
    """It says that there are none."""
    page = varied_site.page("/tag/condition/nowhere")
    assert words(tree(page).xpath('//p[@class="facts"]')[0]).startswith("0 studies counted so.")
    assert "None is of this kind." in page
    assert str(TODAY.year) not in tree(page).xpath("string(//main)")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/tag/condition/flavour", "/tag/condition/low-mood"),
        ("/tag/condition", "/tag/condition/pain"),
        ("/tag/condition/", "/tag/condition/pain"),
        ("/tag/flavour", "/about"),
        ("/tag/flavour/sweet", "/about"),
        ("/tag/participants/80", "/about"),
        ("/tag/condition/%3Cscript%3E", "/tag/condition/pain"),
    ],
)
def test_an_unknown_tag_is_told_in_words(varied_site: Site, path: str, hint: str) -> None:
    """With the tags that there are."""
    answer = varied_site.get(path)
    assert answer.status_code == 404
    page = tree(answer.text)
    assert words(page.xpath("//h1")[0]) == "No such tag"
    assert page.xpath(f'//main//a[starts-with(@href, "{hint}")]')


def test_without_a_database_there_are_no_tags(home: Path) -> None:
    """The page is not found, in words."""
    with Site(home) as site:
        answer = site.get(MEMORY)
        assert (answer.status_code, "No such tag" in answer.text) == (404, True)
