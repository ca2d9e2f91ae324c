"""A database in memory that a test fills study by study."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlite_utils import Database

from harvest.catalogue.search import Found, Searcher
from harvest.catalogue.sets import Sets
from harvest.store.migrations import migrations

COMMON = {
    "title": "",
    "notice": "none",
    "relevance": "main",
    "first_seen": "2026-01-01T00:00:00Z",
    "kind": "article",
    "version": 1,
    "authors_complete": 1,
}


class Shelf:
    """Studies, tags and what readers call them."""

    def __init__(self) -> None:
        self.db = Database(memory=True)
        migrations.apply(self.db)

    @property
    def conn(self) -> sqlite3.Connection:
        """The connection to the database."""
        return self.db.conn

    def facet(self, slug: str, *tags: str, kind: str = "list") -> None:
        """A facet and its tags."""
        told = {"label": slug.capitalize(), "definition": "What it is."}
        self.db.table("facets").insert({"facet": slug, "position": 1, "kind": kind} | told)
        for tag in tags:
            self.db.table("tags").insert({"facet": slug, "tag": tag, "label": tag.capitalize(), "definition": "A tag."})

    def names(self, facet: str, tag: str, *names: str) -> None:
        """What readers call a tag."""
        rows = [{"facet": facet, "tag": tag, "position": place, "synonym": name} for place, name in enumerate(names)]
        self.db.table("tag_synonyms").insert_all(rows)

    def study(self, pmid: int, title: str = "", abstract: str | None = None, tags: str = "", **columns: Any) -> None:
        """A study with its tags as ``facet/tag``, which say ``facet/tag=finding`` where something was found.

        The title says what gives a study a tag where an exclamation mark stands before it.
        """
        row = {"pmid": pmid, "title": title, "abstract": abstract, "fingerprint": str(pmid)}
        self.db.table("studies").insert(COMMON | row | columns)
        for one in tags.split():
            key, _, finding = one.lstrip("!").partition("=")
            facet, tag = key.split("/")
            common = {"pmid": pmid, "facet": facet, "tag": tag, "basis": "text"}
            self.db.table("study_tags").insert(common | {"finding": finding or None})
            evidence = {"position": 1, "phrase": tag, "section": 0 if one.startswith("!") else 1}
            self.db.table("tag_evidence").insert(common | evidence)

    def others(self, count: int, first: int = 900_000) -> None:
        """Studies of nothing in particular, so that words are rare or common among many."""
        for pmid in range(first, first + count):
            self.study(pmid, "Something else", "Nothing in particular.")

    @property
    def sets(self) -> Sets:
        """The studies as they stand now."""
        return Sets(self.conn)

    def find(self, text: str, **how: Any) -> Found:
        """What a search finds now."""
        return Searcher(self.sets).search(self.conn, text, **how)
