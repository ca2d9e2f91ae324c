"""What search engines are told: ``/robots.txt``, and ``/sitemap.xml`` with every study and tag.

They are welcome on a public site only. Searches, tables and queries say the same things in endless ways: crawlers are
asked to leave them alone.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape

from datasette import Request, Response
from pluggy import HookimplMarker

from harvest.catalogue.held import asked, served
from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads, Sets

hookimpl = HookimplMarker("datasette")

LARGEST = 45_000
"""Addresses in one file; the protocol allows 50,000 (sitemaps.org). Above that ``/sitemap.xml`` names several files."""

CACHE = {"Cache-Control": "max-age=3600"}

_STUDIES = "SELECT pmid, revised FROM studies WHERE missing_since IS NULL ORDER BY pmid"
_PAGES = ("/", "/matrix", "/about", "/completeness")
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

Page = tuple[str, str | None]
"""An address below that of the site, and the day on which it changed."""

_pages: WeakKeyDictionary[Sets, list[Page]] = WeakKeyDictionary()
"""The pages of a moment's studies."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The addresses that crawlers ask for."""
    return [
        (r"^/robots\.txt$", robots),
        (r"^/sitemap\.xml$", sitemap),
        (r"^/sitemap-(?P<part>[1-9]\d{0,3})\.xml$", part),
    ]


async def robots(datasette: Any, request: Request) -> Response:
    """What crawlers may read: on one's own machine nothing."""
    lines = ["User-agent: *"]
    if datasette.setting("default_allow_sql"):
        lines.append("Disallow: /")
    else:
        closed = ["/-/", "/search", *(f"/{quote(name)}" for name in datasette.databases if not name.startswith("_"))]
        lines += [*(f"Disallow: {datasette.urls.path(path)}" for path in closed), ""]
        lines.append(f"Sitemap: {_site(datasette, request)}{datasette.urls.path('/sitemap.xml')}")
    return Response.text("\n".join([*lines, ""]), headers=CACHE)


async def sitemap(datasette: Any, request: Request) -> Response:
    """Every study and tag, or the files that name them."""
    pages = await _all(datasette)
    if len(pages) <= LARGEST:
        return _xml(datasette, request, "urlset", "url", pages)
    files: list[Page] = [(f"/sitemap-{number}.xml", None) for number in range(1, -(-len(pages) // LARGEST) + 1)]
    return _xml(datasette, request, "sitemapindex", "sitemap", files)


async def part(datasette: Any, request: Request) -> Response:
    """One of the files of a large site."""
    start = (int(request.url_vars["part"]) - 1) * LARGEST
    pages = (await _all(datasette))[start : start + LARGEST]
    return _xml(datasette, request, "urlset", "url", pages, status=200 if pages else 404)


async def _all(datasette: Any) -> list[Page]:
    database = await served(datasette)
    if database is None:
        return [(page, None) for page in _PAGES[:1]]
    pages: list[Page] = await asked(database, _of)
    return pages


def _of(searcher: Searcher, conn: Reads) -> list[Page]:
    sets = searcher.sets
    if sets not in _pages:
        _pages[sets] = list(_listed(sets, conn))
    return _pages[sets]


def _listed(sets: Sets, conn: Reads) -> Iterator[Page]:
    yield from ((page, None) for page in _PAGES)
    yield from ((f"/tag/{quote(facet)}/{quote(tag)}", None) for facet, tag in sets.tags)
    yield from ((f"/study/{pmid}", revised) for pmid, revised in conn.execute(_STUDIES))


def _xml(datasette: Any, request: Request, root: str, entry: str, pages: list[Page], *, status: int = 200) -> Response:
    site = escape(_site(datasette, request) + str(datasette.urls.path("/")).rstrip("/"))
    entries = "\n".join(
        f"<{entry}><loc>{site}{path}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{entry}>" for path, day in pages
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_SPACE}>\n{entries}\n</{root}>\n'
    return Response(body, status=status, headers=CACHE, content_type="application/xml; charset=utf-8")


def _site(datasette: Any, request: Request) -> str:
    """The site's scheme and host, as the recipe says; else as it was asked."""
    own = datasette.jinja_env.globals["publishing"].address
    return own or f"{request.scheme}://{request.host}"
