"""What Prometheus asks: how the studies are kept up, in figures; a public site shows them if its recipe says so."""

from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from datasette import Response
from pluggy import HookimplMarker

from harvest.catalogue.harvests import HEALTH, Health, health_of
from harvest.catalogue.held import REVISION, served
from harvest.catalogue.sets import Reads
from harvest.config import Limits, part
from harvest.metrics import CONTENT_TYPE, Figures, figures_of, text_of

hookimpl = HookimplMarker("datasette")

CACHE = {"Cache-Control": "max-age=10"}

Held = tuple[str | None, Figures]
"""How often the database had changed, and its figures then."""

_held: WeakKeyDictionary[Any, Held] = WeakKeyDictionary()


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address that Prometheus asks."""
    return [(r"^/-/metrics$", metrics)]


async def metrics(datasette: Any) -> Response:
    """The figures. Those that take long are read anew when the database has changed."""
    database = await served(datasette)
    if database is None:
        return _answer(Health(), None)
    row = (await database.execute(HEALTH)).first()
    former = _held.get(database)
    _held[database] = held = await database.execute_fn(lambda conn: _read(conn, former))
    return _answer(health_of(row, datetime.now(UTC), part(datasette.config_dir, Limits).stale_days), held[1])


def _answer(health: Health, figures: Figures | None) -> Response:
    return Response(text_of(health, figures).decode(), content_type=CONTENT_TYPE, headers=CACHE)


def _read(conn: Reads, former: Held | None) -> Held:
    revision = conn.execute(REVISION).fetchone()[0]
    if former is not None and former[0] == revision:
        return former
    return revision, figures_of(conn.execute)
