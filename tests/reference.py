"""The parts of ``.github/REFERENCE.md`` that are written by the code itself: ``make docs``.

What is said of a table, a query, a tag or a verb stands in one place, where pages and programs take it from, too:
``db/metadata.yaml``, the schema, ``db/taxonomy/`` and the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import yaml

from harvest import config as recipe
from harvest import tag
from harvest.catalogue.lookup import FINDINGS
from harvest.cli import main
from harvest.home import SHIPPED
from harvest.publish import dictionary
from harvest.publish.rights import tables as tables_for_readers
from harvest.store.connection import Connection
from harvest.store.migrations import migrations
from harvest.tag.taxonomy import Facet

WIDTH = 100
"""Columns of a terminal that would show the help of a verb so."""

ANSWERS = {"list": "any number of tags", "single": "one tag at most", "number": "a number"}
"""What each kind of facet takes for an answer."""


def tables() -> str:
    """Every table for readers, those that are looked at most first: the order of the metadata."""
    conn = Connection(Path(":memory:"), lambda: datetime.now(UTC))
    try:
        migrations.apply(conn.database)
        meanings = dictionary.meanings(SHIPPED)
        shown = set(tables_for_readers(conn))
        return dictionary.described(conn, [name for name in meanings if name in shown], meanings, "###")
    finally:
        conn.close()


def queries() -> str:
    """Every saved query with what it takes and its SQL."""
    return "\n".join(line for name, query in _databases()["queries"].items() for line in _query(name, query))


def _databases() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((SHIPPED / "metadata.yaml").read_text("utf-8"))["databases"]["tracker"]
    return told


def _query(name: str, query: dict[str, Any]) -> Iterator[str]:
    takes = ", ".join(f"`{one}`" for one in query["params"])
    yield from (f"### `{name}`: {query['title']}", "", " ".join(query["description"].split()))
    yield from ("", f"Takes {takes}." if takes else "Takes nothing.", "", "```sql", query["sql"].strip(), "```", "")


def facets() -> str:
    """Every question that is asked of studies, in the order of the pages, and its answers."""
    known = {facet.slug: facet for facet in tag.load(SHIPPED / "taxonomy").facets}
    asked = recipe.load(SHIPPED, {}).recipe.tracker.facets
    return "\n".join(line for slug in asked for line in _facet(known[slug]))


def _facet(facet: Facet) -> Iterator[str]:
    findings = f", each with what was found of it: {', '.join(FINDINGS)}" if facet.findings else ""
    yield from (f"### `{facet.slug}`: {facet.label}", "", facet.definition)
    yield from ("", f"The answer is {ANSWERS[facet.kind]}{findings}.", "")
    if facet.tags:
        yield from ("| tag | name | wider tags | meaning |", "|---|---|---|---|")
    for one in facet.tags:
        wider = ", ".join(f"`{parent}`" for parent in one.parents)
        yield f"| `{one.slug}` | {one.label} | {wider} | {one.definition} |"
    yield ""


def verbs() -> str:
    """What ``harvest VERB --help`` prints of every verb."""
    program = click.Context(main, info_name="harvest", terminal_width=WIDTH, **main.context_settings)
    return "\n".join(line for name, verb in main.commands.items() for line in _verb(name, verb, program))


def _verb(name: str, verb: click.Command, program: click.Context) -> Iterator[str]:
    context = click.Context(verb, parent=program, info_name=name, max_content_width=WIDTH)
    yield from (f"### `{name}`", "", "```text", verb.get_help(context), "```", "")
