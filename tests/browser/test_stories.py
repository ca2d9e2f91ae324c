"""What readers come for, from the front page on: at a desk and on a telephone, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.pages import NOTICE, RETRACTED
from tests.browser.reader import NARROW, WIDE, Reader
from tests.browser.told import COHORT, LONG_TRIAL, SHORT_TRIAL, TITLES

pytestmark = pytest.mark.slow

Visits = Callable[[str], Reader]


@pytest.fixture(params=[(WIDE, True), (WIDE, False), (NARROW, True), (NARROW, False)], ids=str)
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visits]:
    """A reader of a site, with a window of some width, with and without scripts."""
    width, scripts = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    context.set_default_timeout(10_000)
    yield lambda site: Reader(context.new_page(), site)
    context.close()


def test_a_clinician_finds_recent_human_studies_and_reads_why_each_is_tagged(visit: Visits, sample: str) -> None:
    """From an abbreviation to studies of people, newest first, and the words behind the tag of each."""
    reader = visit(sample)
    reader.open()
    reader.page.get_by_label("Search the studies").fill("PTSD")
    reader.press("Search")
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("PTSD")
    reader.tick("Condition", "Post-traumatic stress disorder")
    reader.tick("Species", "Human")
    reader.press("Apply filters")
    reader.page.get_by_label("Order", exact=True).select_option(label="newest in PubMed first")
    reader.press("Sort")

    found = reader.studies
    assert len(found) >= 3
    asked = f"studies.json?_shape=array&_col=entered&_col=species&pmid__in={','.join(map(str, found))}"
    held = {row["pmid"]: row for row in reader.rows(asked)}
    assert {held[pmid]["species"] for pmid in found} == {"human"}
    entered = [str(held[pmid]["entered"]) for pmid in found]
    assert entered == sorted(entered, reverse=True)
    for pmid in found[:3]:
        _reads_why(reader, pmid)


def _reads_why(reader: Reader, pmid: int) -> None:
    """Go from the list to a study, choose the tag, see what it rests on, and go back."""
    reader.follow(reader.page.locator(f'article.card h3 a[href$="/study/{pmid}"]'))
    reader.follow(reader.page.get_by_role("link", name=re.compile("^Post-traumatic stress disorder ?: see")))
    evidence = reader.page.get_by_role("note", name="Evidence of the tag chosen")
    expect(evidence.get_by_role("listitem")).not_to_have_count(0)
    expect(evidence).to_contain_text("Evidence for “Post-traumatic stress disorder”")
    for mark in reader.page.locator("h1 mark.chosen, .abstract p[dir] mark.chosen").all()[:3]:
        assert re.search("ptsd|stress", mark.inner_text(), re.IGNORECASE)
    reader.page.go_back()
    reader.page.go_back()


def test_a_researcher_narrows_a_cell_of_the_matrix(visit: Visits, sample: str) -> None:
    """From the cell of a condition and an effect to those that found harm, and of these to the trials that followed."""
    reader = visit(sample)
    reader.open()
    reader.follow(reader.page.get_by_role("navigation").get_by_role("link", name="Evidence matrix"))
    cell = _cell(reader, "Depression", "Cognition")
    harm = cell.get_by_role("link", name="worse")
    expect(harm).to_have_text(re.compile(r"^\s*3\s+worse\s*$"))
    reader.follow(harm)
    expect(reader.page.get_by_role("status")).to_contain_text("3 studies")
    assert set(reader.studies) == {LONG_TRIAL, SHORT_TRIAL, COHORT}

    reader.tick("Design", "Randomised trial")
    reader.unfold("Evidence, year, size and length")
    reader.page.get_by_label("Follow-up at least").select_option(label="4 weeks")
    reader.press("Apply filters")
    expect(reader.page.get_by_role("status")).to_contain_text("1 study")
    reader.follow(reader.page.get_by_role("link", name=TITLES[LONG_TRIAL]))
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("Memory after six weeks")


def _cell(reader: Reader, row: str, column: str) -> Locator:
    """The cell of the matrix where a row and a column meet."""
    matrix = reader.page.get_by_role("table", name="Condition by long-term effect")
    heads = [text.strip() for text in matrix.get_by_role("columnheader").all_inner_texts()]
    head = reader.page.get_by_role("rowheader", name=row, exact=True)
    return matrix.get_by_role("row").filter(has=head).locator("th, td").nth(heads.index(column))


def test_an_operator_sees_that_the_last_harvest_failed(visit: Visits, failed: str) -> None:
    """Every page says so with the reason, the page of completeness for each source, the monitor's in one word."""
    reader = visit(failed)
    for path in ("/", "/search", "/matrix"):
        reader.open(path)
        expect(reader.page.get_by_text("The last harvest failed").first).to_be_visible()
    reader.follow(reader.page.get_by_role("link", name="How complete is this?").first)
    expect(reader.page.get_by_text("could not finish").first).to_be_visible()
    expect(reader.page.get_by_text("connection refused").first).to_be_visible()
    health = reader.page.request.get(f"{failed}/-/health").json()
    assert health["status"] == "failing"
    assert "connection refused" in health["failure"]


def test_a_site_that_is_well_says_nothing_of_failure(visit: Visits, sample: str) -> None:
    """What is said of a harvest that failed is not said of one that did not."""
    reader = visit(sample)
    reader.open()
    expect(reader.page.get_by_text("Last successful harvest").first).to_be_visible()
    expect(reader.page.get_by_text("The last harvest failed")).to_have_count(0)


def test_a_reader_meets_a_retracted_study(visit: Visits, sample: str) -> None:
    """It is marked in the list, says so above its title, leads to the notice, and can be hidden."""
    reader = visit(sample)
    reader.open("/search?q=gargle+sore+throat")
    card = reader.page.locator("article.card", has=reader.page.locator(f'a[href$="/study/{RETRACTED}"]'))
    expect(card.get_by_text("Retracted", exact=True)).to_be_visible()
    reader.follow(card.get_by_role("heading").get_by_role("link"))
    banner = reader.page.get_by_role("note").filter(has_text="was retracted")
    expect(banner).to_be_visible()
    title = reader.page.get_by_role("heading", level=1)
    assert _top(banner) < _top(title)
    reader.follow(banner.get_by_role("link").first)
    assert reader.page.url == f"{sample}/study/{NOTICE}"

    reader.open("/search?q=gargle+sore+throat")
    reader.unfold_filters()
    reader.page.get_by_label("hide retracted studies").check()
    reader.press("Apply filters")
    assert RETRACTED not in reader.studies


def _top(thing: Locator) -> float:
    """How far down the page a thing begins."""
    box = thing.bounding_box()
    assert box is not None
    return box["y"]
