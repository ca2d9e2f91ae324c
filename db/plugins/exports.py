"""Studies to take away: ``/search.ris`` and its like give all studies of a search, filter, cell or selection.

A selection is named by PMID: ``/search.ris?pmid=1&pmid=2``. Tables and queries with a column ``pmid`` have ``.ris`` and
``.bib`` of the rows shown. ``/search.atom`` and ``/tag/FACET/TAG.atom`` are feeds.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from datasette import NotFound, Request, Response
from datasette.utils import add_cors_headers
from datasette.views.base import DatasetteError
from jinja2 import Environment
from pluggy import HookimplMarker

from harvest.batches import batches
from harvest.catalogue.held import asked, served
from harvest.catalogue.lookup import Lookup
from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads
from harvest.catalogue.settings import evidence_levels
from harvest.publish.atom import Feed, feed, newest
from harvest.publish.download import Download
from harvest.publish.formats import FORMATS, Format
from harvest.publish.record import BATCH, Vocabulary, batch
from harvest.publish.selection import Selection, select

hookimpl = HookimplMarker("datasette")

FEED_TYPE = "application/atom+xml; charset=utf-8"

FEED_AGE = "max-age=300"
"""How long a feed reader need not ask again."""

OF_TABLES = ("ris", "bib")
"""The formats of tables and queries; for CSV and JSON Datasette has its own."""

_turns: WeakKeyDictionary[Any, asyncio.Semaphore] = WeakKeyDictionary()
"""Exports of one database take turns, so that any number of them leaves the site time for its pages."""

_CHANGED = "SELECT max(first_seen) FROM studies"


@hookimpl(tryfirst=True)
def register_routes() -> list[tuple[str, Any]]:
    """The addresses of exports and feeds; they come before those of pages, whose last part may be anything."""
    return [
        *((rf"^/search\.{re.escape(ending)}$", _export_as(one)) for ending, one in FORMATS.items()),
        (r"^/search\.atom$", search_feed),
        (r"^/tag/(?P<facet>[^/]+)/(?P<tag>[^/]+)\.atom$", tag_feed),
    ]


@hookimpl
def register_output_renderer() -> list[dict[str, Any]]:
    """The formats of tables and queries."""
    return [
        {"extension": one, "render": partial(_render, FORMATS[one]), "can_render": lambda columns: "pmid" in columns}
        for one in OF_TABLES
    ]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates the formats, in the order in which they are offered."""
    env.globals["export_formats"] = list(FORMATS.values())


def _export_as(wanted: Format) -> Any:
    """What answers the address of a format."""

    async def export(datasette: Any, request: Request, receive: Any) -> Download:
        """All studies that the address names."""
        database = await served(datasette)
        selection = Selection([], Lookup(), 0) if database is None else await _selection(datasette, database, request)
        return Download(
            _pieces(database, selection, wanted),
            _headers(datasette, wanted, database.name if database else "studies"),
            receive,
            with_body=request.method != "HEAD",
        )

    return export


async def _selection(datasette: Any, database: Any, request: Request, **named: list[str]) -> Selection:
    """The studies that an address names."""
    args = {name: request.args.getlist(name) for name in request.args} | named
    levels = evidence_levels(datasette)
    return await asked(database, lambda searcher, conn: select(searcher, conn, args, levels))


def _headers(datasette: Any, wanted: Format, name: str) -> dict[str, str]:
    """The headers of a file that a browser saves."""
    file = f"{name}-{datetime.now(UTC).date()}.{wanted.ending}"
    headers = {"Content-Type": wanted.content_type, "Content-Disposition": f'attachment; filename="{file}"'}
    if datasette.cors:
        add_cors_headers(headers)
    return headers


async def _pieces(database: Any, selection: Selection, wanted: Format) -> AsyncIterator[str]:
    """The file piece by piece; each is read and written in one of Datasette's threads."""
    if database is None:
        return
    vocabulary = await database.execute_fn(Vocabulary)
    turns = _turns.setdefault(database, asyncio.Semaphore(1))
    yield wanted.before(vocabulary)
    between = ""
    for pmids in batches(selection.pmids, BATCH):
        write = partial(_piece, wanted, vocabulary, pmids)
        async with turns:
            piece = await database.execute_fn(write)
        if piece:
            yield between + piece
            between = wanted.between
    yield wanted.after


def _piece(wanted: Format, vocabulary: Vocabulary, pmids: Sequence[int], conn: Reads) -> str:
    return wanted.piece(batch(conn, vocabulary, pmids), vocabulary)


async def _render(
    wanted: Format, datasette: Any, database: str, columns: Sequence[str], rows: Sequence[Any], data: Mapping[str, Any]
) -> Response:
    """The studies of the rows of a table or query; where a table has more rows, the header Link leads to the next."""
    held = datasette.get_database(database)
    if "pmid" not in columns or await served(datasette) is None:
        raise NotFound("There is no column pmid")
    if data.get("truncated"):
        raise DatasetteError("There are more rows than a query may give: narrow it.", status=400)
    place = columns.index("pmid")
    pmids = list(dict.fromkeys(_pmid(row[place]) for row in rows))

    def written(conn: Reads) -> str:
        vocabulary = Vocabulary(conn)
        return wanted.whole(batch(conn, vocabulary, pmids), vocabulary)

    headers = _headers(datasette, wanted, database)
    if data.get("next_url"):
        headers["Link"] = f'<{data["next_url"]}>; rel="next"'
    return Response(await held.execute_fn(written), headers=headers, content_type=headers.pop("Content-Type"))


def _pmid(value: Any) -> Any:
    """The PMID of a cell, which is one of its parts where Datasette has labelled it."""
    return value["value"] if isinstance(value, Mapping) else value


async def search_feed(datasette: Any, request: Request) -> Response:
    """The feed of a search."""
    return await _feed(datasette, request, "/search")


async def tag_feed(datasette: Any, request: Request) -> Response:
    """The feed of a tag, narrowed by what else the address asks for."""
    facet, tag = request.url_vars["facet"], request.url_vars["tag"]
    database = await served(datasette)
    if database is None or not await asked(database, lambda searcher, _: (facet, tag) in searcher.sets.tags):
        return Response.json({"error": "There is no such tag"}, status=404)
    return await _feed(datasette, request, f"/tag/{facet}/{tag}", **{facet: [tag]})


async def _feed(datasette: Any, request: Request, page: str, **named: list[str]) -> Response:
    database = await served(datasette)
    if database is None:
        return Response.json({"error": "There is no database yet"}, status=404)
    selection = await _selection(datasette, database, request, **named)

    def address(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    def written(searcher: Searcher, conn: Reads) -> bytes:
        labels = [_label(searcher, *pair) for pair in selection.lookup.conditions]
        site = datasette.metadata("title") or database.name
        about = Feed(
            topic=database.name,
            key=selection.key,
            title=": ".join(filter(None, (site, ", ".join(filter(None, (selection.lookup.text, *labels)))))),
            author=site,
            own=address(request.full_path),
            page=address(page + ("?" if request.query_string else "") + request.query_string),
            study=lambda pmid: address(f"/study/{pmid}"),
            changed=conn.execute(_CHANGED).fetchone()[0],
        )
        events = newest(searcher.sets, conn, selection)
        vocabulary = Vocabulary(conn)
        return feed(about, events, batch(conn, vocabulary, [event.pmid for event in events]), vocabulary)

    return _answer(datasette, request, await asked(database, written))


def _label(searcher: Searcher, name: str, value: str) -> str:
    """A condition of a search as a title tells it."""
    tag = searcher.sets.tags.get((name, value))
    return tag.label if tag else f"{name} {value}"


def _answer(datasette: Any, request: Request, document: bytes) -> Response:
    """A document, or that it has not changed since it was last asked for."""
    etag = f'"{hashlib.blake2b(document, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": FEED_AGE}
    if datasette.cors:
        add_cors_headers(headers)
    if etag in request.headers.get("if-none-match", ""):
        return Response("", status=304, headers=headers)
    return Response(document.decode(), headers=headers, content_type=FEED_TYPE)
