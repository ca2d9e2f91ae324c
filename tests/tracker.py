"""A home that follows a small local PubMed from day to day, by the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harvest import home as homes
from harvest.cli import main
from harvest.store import Store
from tests.pubmed import LocalPubMed, serve
from tests.pubmed.invented import article

FIRST = 970_000_101
TODAY = date(2026, 11, 22)


def studies(count: int, *, first: int = FIRST, created: str = "2026-11-02", **more: Any) -> list[bytes]:
    """Invented records that the shipped search finds."""
    return [
        article(pmid, title=f"Ketamine: invented study {pmid}.", created=created, **more)
        for pmid in range(first, first + count)
    ]


@dataclass(slots=True)
class Tracker:
    """A home, the PubMed that it follows, and the current day."""

    home: Path
    pubmed: LocalPubMed
    today: date = TODAY

    def harvest(self, *arguments: object) -> Result:
        """Call the command line on the home."""
        result = CliRunner().invoke(main, ["--home", str(self.home), *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def next_day(self, *arguments: object) -> Result:
        """Let a day pass and run."""
        self.today += timedelta(days=1)
        return self.harvest("run", *arguments)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        with Store(self.home / "ketamine.db") as store:
            return store.rows(sql)

    def pmids(self) -> list[int]:
        """The studies that are held."""
        return [row["pmid"] for row in self.rows("SELECT pmid FROM studies ORDER BY pmid")]

    def set_limit(self, old: str, new: str) -> None:
        """Change a line of the recipe."""
        recipe = self.home / "ketamine.toml"
        assert old in recipe.read_text()
        recipe.write_text(recipe.read_text().replace(old, new))

    def add_feed(self, limit: int) -> None:
        """Follow what the search finds by a feed as well."""
        url = self.pubmed.feed_url("ketamine[tiab]", limit=limit)
        with (self.home / "ketamine.toml").open("a") as recipe:
            recipe.write(f'\n[[feeds]]\nname = "newest"\nurl = "{url}"\n')

    def asked_for(self) -> list[int]:
        """The PMIDs that records were asked for, one by one, since the requests were last cleared."""
        asked = [request.params["id"] for request in self.pubmed.requests if request.endpoint == "efetch"]
        return [int(pmid) for ids in asked for pmid in ids.split(",")]


@contextmanager
def tracking(records: Sequence[bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """A tracker over records; it does not wait between requests, and its day moves when it is told to."""
    homes.make(folder / "home")
    with serve(records, rate=None) as pubmed:
        tracker = Tracker(folder / "home", pubmed)
        monkeypatch.setenv("HARVEST_EUTILS", pubmed.eutils)
        monkeypatch.setattr("harvest.http.Pacer.wait", lambda _: None)
        monkeypatch.setattr("harvest.http._backoff", lambda _: 0.0)
        for module in ("assembly", "cli"):
            monkeypatch.setattr(f"harvest.{module}.today", lambda: tracker.today)
        yield tracker
