"""The results of a search, as a page: ``/search``; for programs the plugin ``api`` answers."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response
from jinja2 import Environment
from markupsafe import Markup, escape
from pluggy import HookimplMarker

from harvest.catalogue.cards import cards
from harvest.catalogue.held import asked, served
from harvest.catalogue.lookup import FINDINGS, Lookup
from harvest.catalogue.search import Found, Searcher
from harvest.catalogue.sets import Reads
from harvest.publish.selection import filters_of, lookup_of

hookimpl = HookimplMarker("datasette")

MARK, UNMARK = "\x02", "\x03"
"""Stand around a highlighted word until the text is escaped."""

_MARKED = """
SELECT
  rowid AS pmid, highlight(studies_fts, 0, char(2), char(3)) AS title,
  snippet(studies_fts, 1, char(2), char(3), ' … ', 40) AS passage
FROM studies_fts WHERE studies_fts MATCH ? AND rowid IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be ticked, with how many studies it would show."""

    value: str
    label: str
    definition: str
    count: int
    is_ticked: bool
    is_narrower: bool


@dataclass(frozen=True, slots=True)
class Results:
    """What a page of results shows; ``judged`` is the facet whose findings can be ticked."""

    lookup: Lookup
    found: Found
    studies: list[dict[str, Any]]
    choices: list[tuple[Any, list[Option]]]
    judged: str | None
    findings: list[Option]
    conditions: list[tuple[str, str]]
    read_as: list[str]
    hidden: int
    levels: list[dict[str, Any]]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address of a search."""
    return [(r"^/search$", search_page)]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates the filter ``marked``."""
    env.filters["marked"] = marked


async def search_page(datasette: Any, request: Request) -> Response:
    """The page of a search, its filters with their counts, and its studies."""
    if any(value == "" for name in request.args for value in request.args.getlist(name)):
        return Response.redirect(datasette.urls.path("/search") + _said(request))
    results = await _results(datasette, request)
    return Response.html(await datasette.render_template("results.html", {"results": results}, request=request))


def _said(request: Request) -> str:
    """What an address says, without the fields of the form that were left empty: one that can be shared."""
    pairs = [(name, value) for name in request.args for value in request.args.getlist(name) if value]
    return f"?{urlencode(pairs)}" if pairs else ""


async def _results(datasette: Any, request: Request) -> Results | None:
    """What a search finds; ``None`` where there is no database yet."""
    database = await served(datasette)
    if database is None:
        return None
    args = {name: request.args.getlist(name) for name in request.args}
    config = datasette.plugin_config("tracker") or {}
    results: Results = await asked(database, lambda searcher, conn: _search(searcher, conn, args, config))
    return results


def _search(searcher: Searcher, conn: Reads, args: Mapping[str, Sequence[str]], config: dict[str, Any]) -> Results:
    sets = searcher.sets
    facets = [facet for facet in sets.facets.values() if facet.kind != "number"]
    lookup = lookup_of(sets, args)
    levels, shown = config.get("evidence_levels", []), config.get("matrix", {})
    filters = filters_of(lookup, levels)
    found = searcher.search(conn, lookup.text, filters, lookup.sort, lookup.size, lookup.page)
    counts = {facet.slug: filters.counts(sets, found.by_words, facet.slug) for facet in facets}
    told = filters.finding_counts(sets, found.by_words, FINDINGS)
    with_incidental = replace(filters, with_incidental=True).apply(sets) & found.by_words
    return Results(
        lookup=lookup,
        found=found,
        studies=_studies(searcher, conn, found, list(shown.values())),
        choices=[(facet, _options(searcher, lookup, facet.slug, counts[facet.slug])) for facet in facets],
        judged=shown.get("columns"),
        findings=[
            Option(one, one.replace("-", " "), "", told[one], one in filters.findings, False) for one in FINDINGS
        ],
        conditions=lookup.conditions,
        read_as=[sets.tags[tag].label for tag in found.read_as],
        hidden=with_incidental.bit_count() - found.total,
        levels=levels,
    )


def _options(searcher: Searcher, lookup: Lookup, facet: str, counts: Mapping[str, int]) -> list[Option]:
    """The values of a facet that some study found has, or that are ticked."""
    ticked = lookup.filters.ticked.get(facet, ())
    tags = [searcher.sets.tags[facet, value] for value in counts]
    return [
        Option(tag.slug, tag.label, tag.definition, counts[tag.slug], tag.slug in ticked, bool(tag.parents))
        for tag in tags
        if counts[tag.slug] or tag.slug in ticked
    ]


def _studies(searcher: Searcher, conn: Reads, found: Found, facets: Sequence[str]) -> list[dict[str, Any]]:
    """The studies of the page in their order, with what was looked for marked, and their tags."""
    studies = cards(searcher.sets, conn, found.pmids, facets)
    if found.marked and studies:
        rows = conn.execute(_MARKED, (found.marked, json.dumps(found.pmids)))
        marks = {row["pmid"]: {"marked_title": row["title"], "passage": row["passage"]} for row in rows}
        studies = [study | marks.get(study["pmid"], {}) for study in studies]
    return studies


def marked(text: str) -> Markup:
    """A text with what was looked for in ``<mark>``; everything else is escaped."""
    pieces = re.split(f"({MARK}|{UNMARK})", text)
    tags = {MARK: Markup("<mark>"), UNMARK: Markup("</mark>")}
    return Markup("").join(tags.get(piece) or escape(piece) for piece in pieces)
