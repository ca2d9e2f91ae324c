"""The front page: what the site is, how fresh it is, where to type, what is new and what was found of what."""

from datetime import UTC, datetime
from typing import Any

from datasette import Request, Response
from pluggy import HookimplMarker

from harvest.catalogue.cards import cards
from harvest.catalogue.held import asked, served
from harvest.catalogue.overview import NEW_WITHIN, Overview, Scope
from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads
from harvest.catalogue.settings import matrix_facets

hookimpl = HookimplMarker("datasette")

_IN_PUBMED = "SELECT iif(count(total) = 1, max(total), NULL) FROM sources"
"""How many studies PubMed lists; of several searches, which overlap, nobody knows."""

NEWEST = 4
"""How many of the newest studies are shown."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The front page instead of Datasette's own; its JSON stays."""
    return [(r"^/$", front_page)]


async def front_page(datasette: Any, request: Request) -> Response:
    """The front page in the scope that the address names."""
    facets = matrix_facets(datasette)
    scope = Scope.read(request.args)
    database = await served(datasette)
    context = {"scope": scope, "front": None, "description": datasette.metadata("description")}
    if database is not None:
        context |= await asked(database, lambda searcher, conn: _front(searcher, conn, scope, facets))
    return Response.html(await datasette.render_template("index.html", context, request=request))


def _front(searcher: Searcher, conn: Reads, scope: Scope, facets: dict[str, str]) -> dict[str, Any]:
    """What the front page shows."""
    sets = searcher.sets
    overview = Overview(sets, scope)
    rows, columns = facets.get("rows", ""), facets.get("columns", "")
    return {
        "front": {
            "studies": len(sets),
            "news": overview.news(rows),
            "news_facet": sets.facets.get(rows),
            "years": overview.years(datetime.now(UTC).date()),
            "newest": cards(sets, conn, overview.newest(NEWEST), [rows, columns]),
        },
        "days": NEW_WITHIN,
        "all": overview.all,
        "in_pubmed": conn.execute(_IN_PUBMED).fetchone()[0],
    }
