"""Somebody who reads the site: what they do on a page, told as they would tell it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

WIDE, NARROW = 1280, 360
"""Widths of a desk and of a small telephone, in CSS pixels."""


@dataclass(slots=True)
class Reader:
    """A reader in front of a page, at a site's address."""

    page: Page
    site: str

    def open(self, path: str = "/") -> None:
        """Go to a page of the site."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        self.sees_it_whole()

    def follow(self, link: Locator) -> None:
        """Click on what leads to a page, and come to it."""
        with self.page.expect_navigation():
            link.click()
        self.sees_it_whole()

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self.follow(self.page.get_by_role("button", name=name, exact=True))

    def unfold(self, name: str) -> None:
        """Open the part of that name, where it is closed."""
        part = self.page.locator(
            "details", has=self.page.locator("> summary", has_text=re.compile(rf"^\s*{name}"))
        ).last
        if part.get_attribute("open") is None:
            part.locator("> summary").click()

    def unfold_all(self) -> None:
        """Open all parts of the page that are folded up."""
        self.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    def unfold_filters(self) -> None:
        """Open the filters where they are folded up: beside the studies they are always open."""
        panel = self.page.locator("details.filter-panel")
        if self.is_narrow and panel.get_attribute("open") is None:
            panel.locator("> summary").click()

    def tick(self, part: str, choice: str) -> None:
        """Tick a choice in a part of the filters."""
        self.unfold_filters()
        self.unfold(part)
        self.page.get_by_label(re.compile(rf"^\s*{choice}\b")).check()

    def sees_it_whole(self) -> None:
        """No page scrolls sideways."""
        width, room = self.page.evaluate("[document.scrollingElement.scrollWidth, window.innerWidth]")
        assert width <= room, f"{self.page.url} is {width} pixels wide, {width - room} more than there are"

    @property
    def is_narrow(self) -> bool:
        """Whether the page is as wide as a telephone."""
        size = self.page.viewport_size
        return size is not None and size["width"] <= NARROW

    @property
    def studies(self) -> list[int]:
        """The studies that the page lists, in its order."""
        links = self.page.locator("article.card h3 a").evaluate_all("links => links.map(link => link.href)")
        return [int(link.rpartition("/")[2]) for link in links]

    def rows(self, query: str) -> list[dict[str, object]]:
        """The rows that the site gives to programs."""
        answer = self.page.request.get(f"{self.site}/ketamine/{query}")
        assert answer.ok, answer.status
        found: list[dict[str, object]] = answer.json()
        return found
