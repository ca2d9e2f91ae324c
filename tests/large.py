"""A local PubMed that is large enough to be cut off in, homes that follow it, and programs that harvest it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from harvest import home as homes
from tests.dumps import faults_of
from tests.pubmed import Corpus, LocalPubMed, serve
from tests.pubmed.grow import grow
from tests.pubmed.server import SAMPLE

EARLIEST = "1900-01-01"

HALVES = (
    "SELECT count(*) AS n FROM studies WHERE pmid NOT IN (SELECT pmid FROM sections WHERE section = 0)",
    "SELECT count(*) AS n FROM (SELECT pmid, facet, tag FROM study_tags EXCEPT SELECT pmid, facet, tag"
    " FROM tag_evidence)",
    "SELECT count(*) AS n FROM sightings WHERE state = 'stored' AND pmid NOT IN (SELECT pmid FROM studies)",
)
"""Counts of what only half a batch would show: studies without a title, tags without evidence, sightings ahead."""


@contextmanager
def large_pubmed(count: int, rate: int | None = None, latency: float = 0) -> Iterator[LocalPubMed]:
    """Serve the sample corpus and so many studies grown from it."""
    with closing(Corpus.read([SAMPLE])) as corpus:
        corpus.extend(list(grow(corpus.records(), count, newest=date(2026, 11, 20))))
        with serve(corpus, rate=rate, latency=latency) as running:
            yield running


def fresh_home(folder: Path, pubmed: LocalPubMed) -> Path:
    """A home that follows a search and a feed."""
    homes.make(folder)
    with (folder / "ketamine.toml").open("a") as recipe:
        recipe.write(f'\n[[feeds]]\nname = "newest"\nurl = "{pubmed.feed_url("all[sb]", limit=100)}"\n')
    return folder


def program(pubmed: LocalPubMed, module: str, *arguments: object) -> list[str]:
    """The command that runs a module against a local PubMed."""
    return ["env", f"HARVEST_EUTILS={pubmed.eutils}", sys.executable, "-m", module, *map(str, arguments)]


def assert_sound(database: Path) -> None:
    """The file is whole, and nothing in it is half of something."""
    assert faults_of(database) == []
    with closing(sqlite3.connect(database)) as opened:
        tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}
        for sql in HALVES if "sightings" in tables else ():
            assert opened.execute(sql).fetchone() == (0,), sql
