"""The evidence matrix counts what its searches and its saved query count, cell by cell, and is told in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.db.conftest import database
from tests.db.filled import fill
from tests.db.site import Site
from tests.db.test_home import SCOPES, asked, total, tree, words

COLUMNS = {"worse": "worse", "better": "better", "no change": "no_change", "mixed": "mixed", "unclear": "unclear"}


def cells(page: str) -> dict[tuple[str, str], Any]:
    """The cells of the matrix by the words at the head of their row and column."""
    [found] = tree(page).xpath('//div[@class="matrix"]/table')
    columns = [words(cell) for cell in found.xpath("./thead/tr/th")][1:]
    return {
        (words(row.xpath("./th")[0]), column): cell
        for row in found.xpath("./tbody/tr")
        for column, cell in zip(columns, row.xpath("./td"), strict=True)
    }


@pytest.mark.parametrize("path", ["/matrix", "/"])
@pytest.mark.parametrize("scope", SCOPES)
def test_every_number_opens_that_many_studies(varied_site: Site, path: str, scope: str) -> None:
    """Cells, their findings and the totals alike, in every scope."""
    links = [link for cell in cells(varied_site.page(path + scope)).values() for link in cell.xpath(".//a")]
    assert len(links) > 40
    for link in links:
        number = re.search(r"\d+", words(link))
        assert number is not None
        assert total(varied_site, link.get("href")) == int(number[0]), link.get("href")


@pytest.mark.parametrize("scope", SCOPES)
def test_the_saved_query_has_the_same_numbers(varied_site: Site, scope: str) -> None:
    """In all, by finding, and those of which nobody judged it."""
    page = varied_site.page("/matrix" + scope)
    [link] = tree(page).xpath('//a[starts-with(@href, "/ketamine/matrix?")]')
    shown = cells(page)
    rows = varied_site.rows("matrix", **asked(link.get("href")))
    assert len(rows) == 6 * 3
    for row in rows:
        name = "All studies" if row["condition"] == "(all studies)" else row["condition"]
        cell = shown[name, row["long_term_effect"]]
        findings = [words(one).split(maxsplit=1) for one in cell.xpath('./*[contains(@class, "told")]')]
        told = {word: int(count) for count, word in findings}
        expected = {word: row[column] for word, column in {**COLUMNS, "not judged": "not_judged"}.items()}
        assert told == {word: count for word, count in expected.items() if count}
        assert int(words(cell).split()[0]) == row["studies"]
        assert int(words(shown[name, "All studies"])) == row["of_studies_on_condition"]


def test_an_empty_cell_says_of_how_many(varied_site: Site) -> None:
    """It is no link, and its words tell what there is none of."""
    shown = cells(varied_site.page("/matrix"))
    studies = words(shown["Pain", "All studies"])
    assert words(shown["Pain", "Unseen"]) == f"0 of {studies} studies on Pain"
    assert words(shown["Nowhere", "Memory"]) == "0 of 0 studies on Nowhere"
    assert not shown["Pain", "Unseen"].xpath(".//a")
    assert words(cells(varied_site.page("/"))["Pain", "Unseen"]) == f"0 of {studies} studies on Pain"


def test_the_matrix_is_a_table_with_heads(varied_site: Site) -> None:
    """Caption, scopes, a narrower tag set in, and a region that the keyboard can scroll."""
    page = tree(varied_site.page("/matrix"))
    [region] = page.xpath('//div[@role="region" and @tabindex="0"]')
    assert page.xpath(f'//caption[@id="{region.get("aria-labelledby")}"]')
    assert {cell.get("scope") for cell in region.xpath(".//thead//th")} == {"col"}
    assert {cell.get("scope") for cell in region.xpath(".//tbody//th")} == {"row"}
    assert [words(cell) for cell in region.xpath('.//th[@class="narrower"]')] == ["Low mood"]
    assert region.xpath('.//th/a[@href="/tag/condition/low-mood"]')


def test_a_bar_is_as_long_as_its_findings(varied_site: Site) -> None:
    """It is drawn without styles in the markup and hidden from those who are read the numbers."""
    page = varied_site.page("/matrix")
    bar = cells(page)["All studies", "Memory"].xpath("./svg")[0]
    assert bar.get("aria-hidden") == "true"
    widths = [float(part.get("width")) for part in bar.xpath('./rect[@class!="unjudged"]')]
    assert 0 < sum(widths) < 100
    assert 'style="' not in page.split("<main")[1].split("</main>")[0]


def test_the_matrix_follows_the_database(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was counted is counted anew once the database has changed and been read in the background."""
    monkeypatch.setattr("harvest.catalogue.held.REST", 0)
    with database(home) as opened:
        fill(opened, kind="live")
        opened.execute("insert into about values ('revision', '1')")
        opened.conn.commit()
        with Site(home) as site:
            before = words(cells(site.page("/matrix"))["Depression", "Cognition"])
            opened.execute("update studies set notice = 'retracted'")
            opened.execute("update about set value = '2' where key = 'revision'")
            opened.conn.commit()
            for _ in range(2000):
                after = words(cells(site.page("/matrix"))["Depression", "Cognition"])
                if after != before:
                    break
    assert before == "1 1 no change"
    assert after == "0 of 0 studies on Depression"


def test_without_studies_there_is_no_matrix(empty_site: Site) -> None:
    """The page says what it lacks."""
    assert "There are no facets to set against each other" in empty_site.page("/matrix")


def test_without_a_database_there_is_no_matrix(home: Path) -> None:
    """The page says so."""
    with Site(home) as site:
        assert "There is no database yet." in site.page("/matrix")
