"""What a monitor asks: whether the site answers, and whether its studies are fresh."""

from datetime import UTC, datetime, timedelta
from typing import Any

from datasette import Response
from pluggy import HookimplMarker

from harvest.catalogue.harvests import FAILURE, LAST_SUCCESS
from harvest.catalogue.held import served

hookimpl = HookimplMarker("datasette")

STALE = timedelta(days=3)
"""How long after the last harvest that ended well the studies are called stale."""

CACHE = {"Cache-Control": "max-age=10"}

_STATE = f"""
SELECT
  (SELECT count(*) FROM studies) AS studies,
  (SELECT max(entered) FROM studies) AS newest_entered,
  {LAST_SUCCESS},
  {FAILURE},
  (SELECT count(DISTINCT pmid) FROM sightings WHERE state = 'pending') AS pending
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address that a monitor asks."""
    return [(r"^/-/health$", health)]


async def health(datasette: Any) -> Response:
    """The state of the site: 200 where it can answer questions, 503 where there is no database."""
    database = await served(datasette)
    if database is None:
        return Response.json({"status": "empty", "studies": 0, "last_success": None}, status=503, headers=CACHE)
    state = dict((await database.execute(_STATE)).first())
    if state["failure"]:
        state["failure"] = state["failure"].splitlines()[0]
    return Response.json({"status": status(state, datetime.now(UTC)), **state}, headers=CACHE)


def status(state: dict[str, Any], now: datetime) -> str:
    """The state in one word; the worst of what is true."""
    if not state["studies"]:
        return "empty"
    if state["failure"]:
        return "failing"
    is_fresh = state["last_success"] and now - datetime.fromisoformat(state["last_success"]) <= STALE
    return "ok" if is_fresh else "stale"
