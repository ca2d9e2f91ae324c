"""Everyone can read it: axe-core finds nothing that bars anybody, and a small screen and a keyboard are enough."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import HOSTILE_PAGES, PAGES
from tests.browser.reader import NARROW, WIDE, Reader

pytestmark = pytest.mark.slow

BARRIERS = {"serious", "critical"}


@pytest.fixture(scope="module", params=["light", "dark"])
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window at a desk, by day and by night."""
    context = browser.new_context(viewport={"width": WIDE, "height": 800}, color_scheme=request.param)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def telephone(browser: Browser) -> Iterator[Page]:
    """A small screen."""
    context = browser.new_context(viewport={"width": NARROW, "height": 640})
    yield context.new_page()
    context.close()


def test_barriers_are_found(window: Page) -> None:
    """axe-core is not silent by chance."""
    window.goto("about:blank")  # the policy of the page before would forbid the style
    window.set_content(
        '<html lang="en"><title>A</title><main><h1>A</h1><input><p style="color: #888; background: #777">Hard to read'
    )
    assert {violation["id"] for violation in _barriers(window)} == {"label", "color-contrast"}


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_bars_anybody(window: Page, sample: str, path: str) -> None:
    """axe-core with its default rules finds no serious or critical violation, light or dark."""
    reader = Reader(window, sample)
    reader.open(path)
    reader.unfold_all()
    assert [_told(violation) for violation in _barriers(window)] == []


def _barriers(page: Page) -> list[dict[str, Any]]:
    """The violations that keep somebody out."""
    return [found for found in Axe().run(page).response["violations"] if found["impact"] in BARRIERS]


def _told(violation: dict[str, Any]) -> str:
    """A violation in a line: what it is and where, with the first of the reasons."""
    nodes = [f"{' '.join(map(str, node['target']))} ({node['failureSummary']})" for node in violation["nodes"]]
    return f"{violation['impact']} {violation['id']}, {len(nodes)} times: {'; '.join(nodes[:3])}"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_telephone(telephone: Page, sample: str, path: str) -> None:
    """At 360 pixels a page is no wider than the screen, with all its parts open too."""
    reader = Reader(telephone, sample)
    reader.open(path)
    reader.unfold_all()
    reader.sees_it_whole()


@pytest.mark.parametrize("path", HOSTILE_PAGES)
def test_no_record_makes_a_page_scroll_sideways(telephone: Page, hostile: str, path: str) -> None:
    """Not by a word of thousands of letters either."""
    reader = Reader(telephone, hostile)
    reader.open(path)
    reader.unfold_all()
    reader.sees_it_whole()


@pytest.mark.parametrize("path", PAGES)
def test_a_keyboard_comes_to_the_content_first(telephone: Page, sample: str, path: str) -> None:
    """The first stop leads past the head of the page, and can be seen when it is there."""
    Reader(telephone, sample).open(path)
    telephone.keyboard.press("Tab")
    first = telephone.locator(":focus")
    expect(first).to_have_text("Skip to the content")
    expect(first).to_be_in_viewport()
    telephone.keyboard.press("Enter")
    telephone.keyboard.press("Tab")
    assert telephone.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("path", PAGES)
def test_headings_follow_each_other(telephone: Page, sample: str, path: str) -> None:
    """There is one of the first level, and none leaves out a level."""
    Reader(telephone, sample).open(path)
    headings = telephone.locator("h1, h2, h3, h4, h5, h6").evaluate_all("all => all.map(one => +one.tagName[1])")
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings)), headings
