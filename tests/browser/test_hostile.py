"""Nothing that a record or an address carries runs in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, Request

from tests.db.hostile import addresses, wrong_addresses
from tests.db.test_metadata import QUERIES, TABLES

pytestmark = pytest.mark.slow


@dataclass  # without slots: Playwright keeps what it makes of a listener on the object that the listener is a method of
class Watch:
    """Listens to a page for anything that should not happen."""

    page: Page
    site: str
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", self._error)
        self.page.on("popup", lambda popup: self.heard.append(f"window {popup.url}"))
        self.page.on("download", lambda download: self.heard.append(f"download {download.url}"))
        self.page.context.on("request", self._request)

    def visit(self, path: str) -> list[str]:
        """What happened on a page, its parts open and everything in it hovered over and focused by a script."""
        self.heard.clear()
        self.page.goto(self.site + path)
        self.page.evaluate(
            """() => {
                document.querySelectorAll("details").forEach(part => part.open = true);
                for (const one of document.querySelectorAll("main *")) {
                    one.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
                    if (one.focus) one.focus();
                }
            }"""
        )
        if self.page.evaluate("window.harmed") is not None:
            self.heard.append("a payload ran")
        if not self.page.url.startswith(self.site):
            self.heard.append(f"the page moved on to {self.page.url}")
        return list(self.heard)

    def _dialog(self, dialog: Dialog) -> None:
        self.heard.append(f"dialog {dialog.message!r}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"console: {message.text}")

    def _error(self, error: Error) -> None:
        self.heard.append(f"error: {error.message}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.site}/"):
            self.heard.append(f"request of {request.url}")


@pytest.fixture(scope="module")
def watch(browser: Browser, hostile: str) -> Iterator[Watch]:
    """A watched page of the home of studies out to harm."""
    context = browser.new_context()
    yield Watch(context.new_page(), hostile)
    context.close()


def test_the_watch_hears_what_happens(browser: Browser, hostile: str) -> None:
    """Were a payload to run, it would be noticed: by what it sets, asks, says or breaks."""
    watch = Watch(browser.new_page(), hostile)
    harm = (
        "window.harmed=1; alert(1); fetch('https://elsewhere.invalid/'); console.error('no'); throw new Error('broken')"
    )
    watch.page.route(f"{watch.site}/harmful", lambda route: route.fulfill(content_type="text/html", body=_page(harm)))
    heard = " ".join(watch.visit("/harmful"))
    watch.page.close()
    for noticed in ("a payload ran", "dialog '1'", "request of https://elsewhere.invalid/", "console: no", "broken"):
        assert noticed in heard


def _page(script: str) -> str:
    return f"<!DOCTYPE html><title>Harm</title><main><script>{script}</script></main>"


@pytest.mark.parametrize("path", addresses())
def test_nothing_runs_on_a_page_of_hostile_records(watch: Watch, path: str) -> None:
    """No dialog, no error, no request to another host, and no payload that left its mark."""
    assert watch.visit(path) == []


@pytest.mark.parametrize("path", wrong_addresses())
def test_nothing_runs_at_a_hostile_address(watch: Watch, path: str) -> None:
    """The page that says that there is nothing runs nothing either; that it is an error is no surprise."""
    assert [heard for heard in watch.visit(path) if "Failed to load resource" not in heard] == []


@pytest.mark.parametrize("name", [*TABLES, *QUERIES])
def test_nothing_runs_in_tables_and_saved_queries(watch: Watch, name: str) -> None:
    """Datasette's own pages show the records' texts as text too."""
    assert watch.visit(f"/ketamine/{name}") == []
