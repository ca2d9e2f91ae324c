"""The results of a search, as a page: ``/search``; for programs the plugin ``api`` answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from datasette import Request, Response
from jinja2 import Environment
from markupsafe import Markup, escape
from pluggy import HookimplMarker

from harvest.catalogue.cards import Card, cards
from harvest.catalogue.held import asked, served
from harvest.catalogue.lookup import FINDINGS, Lookup
from harvest.catalogue.search import Found, Searcher
from harvest.catalogue.sets import Facet, Reads
from harvest.catalogue.settings import evidence_levels, matrix_facets
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


class Option(NamedTuple):
    """A value that can be ticked, with how many studies it would show, as that is written."""

    value: str
    label: str
    definition: str
    studies: str
    is_ticked: bool


class Choice(NamedTuple):
    """A facet, the values of it that can be ticked, and how many of them are."""

    facet: Facet
    options: list[Option]
    ticked: int


@dataclass(frozen=True, slots=True)
class Results:
    """What a page of results shows; ``judged`` is the facet whose findings can be ticked."""

    lookup: Lookup
    found: Found
    studies: list[Card]
    choices: list[Choice]
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
    levels, shown = evidence_levels(datasette), matrix_facets(datasette)
    results: Results = await asked(database, lambda searcher, conn: _search(searcher, conn, args, levels, shown))
    return results


def _search(
    searcher: Searcher, conn: Reads, args: Mapping[str, Sequence[str]], levels: Any, shown: Mapping[str, str]
) -> Results:
    sets = searcher.sets
    facets = [facet for facet in sets.facets.values() if facet.kind != "number"]
    lookup = lookup_of(sets, args)
    filters = filters_of(lookup, levels)
    found = searcher.search(conn, lookup.text, filters, lookup.sort, lookup.size, lookup.page)
    told = filters.finding_counts(sets, found.by_words, FINDINGS)
    with_incidental = replace(filters, with_incidental=True).apply(sets) & found.by_words
    return Results(
        lookup=lookup,
        found=found,
        studies=_studies(searcher, conn, found, list(shown.values())),
        choices=[
            _choice(searcher, lookup, facet, filters.counts(sets, found.by_words, facet.slug)) for facet in facets
        ],
        judged=shown.get("columns"),
        findings=[
            Option(one, one.replace("-", " "), "", f"{told[one]:,}", one in filters.findings) for one in FINDINGS
        ],
        conditions=lookup.conditions,
        read_as=[sets.tags[tag].label for tag in found.read_as],
        hidden=with_incidental.bit_count() - found.total,
        levels=levels,
    )


def _choice(searcher: Searcher, lookup: Lookup, facet: Facet, counts: Mapping[str, int]) -> Choice:
    """The values of a facet that some study found has, or that are ticked; those that most have first."""
    ticked = lookup.filters.ticked.get(facet.slug, ())
    values = [value for value in counts if counts[value] or value in ticked]
    tags = [searcher.sets.tags[facet.slug, value] for value in sorted(values, key=counts.__getitem__, reverse=True)]
    return Choice(
        facet,
        [Option(tag.slug, tag.label, tag.definition, f"{counts[tag.slug]:,}", tag.slug in ticked) for tag in tags],
        sum(value in ticked for value in values),
    )


def _studies(searcher: Searcher, conn: Reads, found: Found, facets: Sequence[str]) -> list[Card]:
    """The studies of the page in their order, with what was looked for marked."""
    studies = cards(searcher.sets, conn, found.pmids, facets)
    if found.marked and studies:
        rows = conn.execute(_MARKED, (found.marked, json.dumps(found.pmids)))
        marks = {pmid: {"marked_title": title, "passage": passage} for pmid, title, passage in rows}
        studies = [study._replace(**marks.get(study.pmid, {})) for study in studies]
    return studies


def marked(text: str) -> Markup:
    """A text with what was looked for in ``<mark>``; everything else is escaped."""
    return escape(text).replace(MARK, Markup("<mark>")).replace(UNMARK, Markup("</mark>"))
