"""What programs ask: ``/search.json``, ``/study/PMID.json`` and ``/tag/FACET/TAG.json``, explained at ``/api``.

``/openapi.json`` describes them. Other sites' pages may read them where Datasette is run with ``--cors``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from datasette import Request, Response
from datasette.utils import add_cors_headers
from pluggy import HookimplMarker

from harvest import __version__
from harvest.catalogue.held import asked, served
from harvest.catalogue.lookup import SIZE
from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads
from harvest.catalogue.settings import evidence_levels
from harvest.publish import jsons
from harvest.publish.formats import FORMATS
from harvest.publish.record import Vocabulary, batch
from harvest.publish.schema import SCHEMAS, openapi
from harvest.publish.selection import filters_of, lookup_of, pmid_of

hookimpl = HookimplMarker("datasette")

NOTHING = {"total": 0, "page": 1, "size": SIZE, "read_as": [], "corrections": {}, "results": []}
"""What a search finds where there is no database yet."""


@hookimpl(tryfirst=True)
def register_routes() -> list[tuple[str, Any]]:
    """The addresses for programs; they come before those of pages, whose last part may be anything."""
    return [
        (r"^/search\.json$", search_json),
        (r"^/study/(?P<pmid>[^/]+)\.json$", study_json),
        (r"^/tag/(?P<facet>[^/]+)/(?P<tag>[^/]+)\.json$", tag_json),
        (r"^/openapi\.json$", openapi_json),
        (r"^/api$", api_page),
    ]


async def search_json(datasette: Any, request: Request) -> Response:
    """A page of what a search finds, in the order of the page for people."""
    database = await served(datasette)
    if database is None:
        return _json(datasette, NOTHING)
    args = {name: request.args.getlist(name) for name in request.args}
    levels = evidence_levels(datasette)
    return _json(datasette, await asked(database, lambda searcher, conn: _found(searcher, conn, args, levels)))


def _found(
    searcher: Searcher, conn: Reads, args: Mapping[str, Sequence[str]], levels: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    lookup = lookup_of(searcher.sets, args)
    found = searcher.search(conn, lookup.text, filters_of(lookup, levels), lookup.sort, lookup.size, lookup.page)
    return {
        "total": found.total,
        "page": lookup.page,
        "size": lookup.size,
        "read_as": [searcher.sets.tags[tag].label for tag in found.read_as],
        "corrections": found.corrections,
        "results": [jsons.brief(record) for record in batch(conn, Vocabulary(conn), found.pmids)],
    }


async def study_json(datasette: Any, request: Request) -> Response:
    """A study."""
    pmid = pmid_of(request.url_vars["pmid"])
    database = await served(datasette)
    found = await asked(database, lambda _, conn: _study(conn, pmid)) if database and pmid else None
    return _json(datasette, found, "There is no study of this PMID here")


def _study(conn: Reads, pmid: int) -> dict[str, Any] | None:
    records = batch(conn, Vocabulary(conn), [pmid])
    return jsons.in_full(conn, records[0]) if records else None


async def tag_json(datasette: Any, request: Request) -> Response:
    """A tag."""
    key = request.url_vars["facet"], request.url_vars["tag"]
    database = await served(datasette)
    found = await asked(database, lambda searcher, conn: _tag(searcher, conn, key)) if database else None
    return _json(datasette, found, "There is no such tag")


def _tag(searcher: Searcher, conn: Reads, key: tuple[str, str]) -> dict[str, Any] | None:
    tag = searcher.sets.tags.get(key)
    return jsons.tag(conn, searcher.sets, tag) if tag else None


async def openapi_json(datasette: Any) -> Response:
    """The addresses and shapes, for programs."""
    return _json(datasette, await _described(datasette))


async def api_page(datasette: Any, request: Request) -> Response:
    """The addresses and shapes, for people."""
    context = {"described": await _described(datasette), "shapes": SCHEMAS, "formats": FORMATS.values()}
    return Response.html(await datasette.render_template("api.html", context, request=request))


async def _described(datasette: Any) -> dict[str, Any]:
    database = await served(datasette)
    sets = await asked(database, lambda searcher, _: searcher.sets) if database else None
    title = datasette.metadata("title") or "Studies"
    prefix = str(datasette.urls.path("/")).rstrip("/")
    return openapi(title, __version__, sets, evidence_levels(datasette), prefix)


def _json(datasette: Any, found: Any, missing: str = "") -> Response:
    """An answer that pages of other sites may read where Datasette is set so."""
    headers: dict[str, str] = {}
    if datasette.cors:
        add_cors_headers(headers)
    if found is None:
        return Response.json({"error": missing}, status=404, headers=headers)
    return Response.json(found, headers=headers)
