"""The page of a tag: what it means, how well it is given, and its studies by year, finding, company and entry."""

import re
from datetime import UTC, datetime
from typing import Any

from datasette import Request, Response
from pluggy import HookimplMarker

from harvest.catalogue.cards import cards
from harvest.catalogue.held import asked, served
from harvest.catalogue.overview import Overview, Scope, narrower
from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads
from harvest.catalogue.settings import matrix_facets

hookimpl = HookimplMarker("datasette")

NEWEST = 5
"""How many of the newest studies are shown."""

COMPANY = 5
"""How many tags of each other facet are shown."""

_ACCURACY = """
SELECT
  facet, tag, measured_on, n, positives, precision, recall, f1, low, high,
  rules IS NOT (SELECT value FROM about WHERE key = 'taxonomy') AS is_outdated
FROM tag_accuracy WHERE (facet IN (?1, 'finding') AND tag = ?2) OR (facet = ?1 AND tag = '(all)')
ORDER BY facet = 'finding', tag = '(all)', measured_on
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address of a tag; a facet alone is no tag, and says which there are."""
    return [(r"^/tag/(?P<facet>[^/]+)(?:/(?P<tag>[^/]*))?$", tag_page)]


async def tag_page(datasette: Any, request: Request) -> Response:
    """The page of a tag in the scope that the address names; where there is no such tag, those there are."""
    facet, slug = request.url_vars["facet"], request.url_vars["tag"] or ""
    facets = matrix_facets(datasette)
    scope = Scope.read(request.args).wider(facet)
    database = await served(datasette)
    context: dict[str, Any] = {"tag": None, "others": []}
    if database is not None:
        shown = list(facets.values())
        context = await asked(database, lambda searcher, conn: _context(searcher, conn, (facet, slug), scope, shown))
    html = await datasette.render_template("tag.html", context, request=request)
    return Response.html(html, status=200 if context["tag"] else 404)


def _context(searcher: Searcher, conn: Reads, key: tuple[str, str], scope: Scope, shown: list[str]) -> dict[str, Any]:
    sets = searcher.sets
    tag = sets.tags.get(key)
    if tag is None:
        return {"tag": None, "others": [one for one in sets.tags.values() if one.facet == key[0]]}
    overview = Overview(sets, scope)
    return {
        "tag": tag,
        "facet": sets.facets.get(tag.facet),
        "own": [tag.facet],
        "scope": scope,
        "also": [_as_read(synonym) for synonym in tag.synonyms],
        "wider": [sets.tags[tag.facet, slug] for slug in tag.parents if (tag.facet, slug) in sets.tags],
        "narrower": [(one, overview.on(one)) for one in narrower(sets, tag)],
        "split": overview.split(tag),
        "held": sets.tagged(*key).bit_count(),
        "years": overview.years(datetime.now(UTC).date(), tag),
        "company": list(overview.company(tag, COMPANY)),
        "newest": cards(sets, conn, overview.newest(NEWEST, tag), shown),
        "accuracy": [dict(row) for row in conn.execute(_ACCURACY, key)],
    }


def _as_read(synonym: str) -> str:
    """A name as a reader would write it: ``*`` stands for any ending, ``(one|another)`` for either."""
    return re.sub(r"\(([^()]*)\)", lambda match: match[1].replace("|", "/"), synonym).replace("*", "…")
