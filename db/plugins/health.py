"""What a monitor asks: are the studies kept up? Whether the site answers at all is what any page tells."""

from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from datasette import Response
from pluggy import HookimplMarker

from harvest.catalogue.harvests import HEALTH, Health, health_of
from harvest.catalogue.held import served
from harvest.config import Limits, part

hookimpl = HookimplMarker("datasette")

CACHE = {"Cache-Control": "max-age=10"}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address that a monitor asks."""
    return [(r"^/-/health$", health)]


async def health(datasette: Any) -> Response:
    """The state of the site: 200 where all is well, else 503, with the reason."""
    told = await _health(datasette)
    status = HTTPStatus.OK if told.status == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
    return Response.json(asdict(told), status=status, headers=CACHE)


async def _health(datasette: Any) -> Health:
    database = await served(datasette)
    if database is None:
        return Health()
    row = (await database.execute(HEALTH)).first()
    return health_of(row, datetime.now(UTC), part(datasette.config_dir, Limits).stale_days)
