"""About and methods: what is harvested and how, how tags are made, how good they are, and how to cite the site."""

from datetime import UTC, datetime
from typing import Any

from datasette import Request, Response
from pluggy import HookimplMarker

from harvest.catalogue.held import asked, served
from harvest.catalogue.overview import branches
from harvest.catalogue.search import Searcher
from harvest.catalogue.settings import evidence_levels

hookimpl = HookimplMarker("datasette")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address of the page."""
    return [(r"^/about$", about_page)]


async def about_page(datasette: Any, request: Request) -> Response:
    """The page, with the facets and tags of the database."""
    database = await served(datasette)
    context = {
        "facets": await asked(database, lambda searcher, _: _facets(searcher)) if database else [],
        "levels": evidence_levels(datasette),
        "home_address": datasette.absolute_url(request, datasette.urls.instance()),
        "today": datetime.now(UTC).date().isoformat(),
    }
    return Response.html(await datasette.render_template("about.html", context, request=request))


def _facets(searcher: Searcher) -> list[dict[str, Any]]:
    """Each facet with its tags, how deep each lies, and how many studies carry it."""
    sets = searcher.sets
    return [
        {
            "facet": facet,
            "tags": [
                (tag, depth, sets.tagged(tag.facet, tag.slug).bit_count()) for tag, depth in branches(sets, facet.slug)
            ],
        }
        for facet in sets.facets.values()
    ]
