"""How the harvests of a database went, and what that makes of its state: pages and monitors go by it, and the verb too.

The parts are columns of a query. Runs are looked for from the end, as there may be thousands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

State = Literal["ok", "stale", "failing", "empty"]
STATES: tuple[State, ...] = get_args(State)

LAST_SUCCESS = """
(
  SELECT finished FROM runs
  WHERE command IN ('run', 'backfill', 'bulk') AND status = 'ok' ORDER BY id DESC LIMIT 1
) AS last_success
"""
"""When the last harvest that ended well was over; loading files is none."""

FAILURE = """
(
  SELECT coalesce(error, status) FROM (
    SELECT * FROM runs
    WHERE command IN ('run', 'backfill', 'load', 'bulk') AND status <> 'running' ORDER BY id DESC LIMIT 1
  )
  WHERE status <> 'ok'
) AS failure
"""
"""What went wrong in the last of them."""

HEALTH = f"""
SELECT
  (SELECT count(*) FROM studies) AS studies,
  (SELECT max(entered) FROM studies) AS newest_entered,
  {LAST_SUCCESS},
  (SELECT started FROM runs WHERE command IN ('run', 'backfill', 'bulk') ORDER BY id LIMIT 1) AS first_asked,
  {FAILURE},
  (SELECT count(DISTINCT pmid) FROM sightings WHERE state = 'pending') AS pending
"""  # noqa: S608 - the parts above
"""One row from which the health of a database is judged."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a database in one word, and what it was judged by.

    ``newest_entered`` is the day on which the newest study entered PubMed, ``last_success`` the moment (UTC) at which
    the last harvest ended well, ``failure`` the first line of what went wrong in the last one; ``None`` where there is
    none. ``pending`` counts the studies that were named and are not here yet.
    """

    status: State = "empty"
    studies: int = 0
    newest_entered: str | None = None
    last_success: str | None = None
    failure: str | None = None
    pending: int = 0


def health_of(row: Mapping[str, Any], now: datetime, stale_days: int) -> Health:
    """Judge the one row that ``HEALTH`` finds."""
    return Health(
        status=_state(row, now, timedelta(days=stale_days)),
        studies=row["studies"],
        newest_entered=row["newest_entered"],
        last_success=row["last_success"],
        failure=row["failure"].splitlines()[0] if row["failure"] else None,
        pending=row["pending"],
    )


def _state(row: Mapping[str, Any], now: datetime, limit: timedelta) -> State:
    """The worst of what is true.

    Where no harvest has ended well yet, it is stale so long after the first one began. What was only ever loaded from
    files does not go stale: nobody said that it would be kept up.
    """
    if not row["studies"]:
        return "empty"
    if row["failure"]:
        return "failing"
    since = row["last_success"] or row["first_asked"]
    return "stale" if since and now - datetime.fromisoformat(since) > limit else "ok"
