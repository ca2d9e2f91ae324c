"""What every page and answer says of its database: sample or live, how fresh, and whether the last harvest failed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from pluggy import HookimplMarker

from harvest.catalogue.harvests import FAILURE, LAST_SUCCESS
from harvest.catalogue.held import served

hookimpl = HookimplMarker("datasette")
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

SAMPLE_HEADER = (b"x-sample-data", b"invented records")

_STATE = f"""
select
  exists (select 1 from about where key = 'kind' and value = 'sample') as is_sample,
  exists (select 1 from studies) as has_studies,
  (select value from about where key = 'abstracts') as abstracts,
  {LAST_SUCCESS},
  {FAILURE}
"""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the home that is served.

    ``database`` is ``None`` where there is no database yet. ``last_success`` is the moment (UTC) of the last harvest
    that ended well, loading files aside, ``failure`` what went wrong in the last one; ``None`` where there was none.
    ``abstracts`` is how much of each abstract a snapshot holds: full, excerpt or link; ``None`` in the database itself.
    """

    title: str
    database: str | None = None
    is_sample: bool = False
    has_studies: bool = False
    last_success: str | None = None
    failure: str | None = None
    abstracts: str | None = None


async def read_status(datasette: Any) -> Status:
    """The state of the database that is served."""
    title = datasette.metadata("title") or "Studies"
    database = await served(datasette)
    if database is None:
        return Status(title)
    row = (await database.execute(_STATE)).first()
    return Status(
        title=title,
        database=database.name,
        is_sample=bool(row["is_sample"]),
        has_studies=bool(row["has_studies"]),
        last_success=row["last_success"],
        failure=row["failure"],
        abstracts=row["abstracts"],
    )


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Give templates the function ``site_status``: a global, as error pages see nothing else of plugins."""

    async def site_status() -> Status:
        return await read_status(datasette)

    env.globals["site_status"] = site_status


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[AsgiApp], AsgiApp]:
    """Mark every answer from invented records, so that JSON and CSV say it too."""

    def wrap(app: AsgiApp) -> AsgiApp:
        async def marked(scope: Any, receive: Any, send: Any) -> None:
            async def send_marked(message: Any) -> None:
                if message["type"] == "http.response.start" and (await read_status(datasette)).is_sample:
                    message = {**message, "headers": [*message["headers"], SAMPLE_HEADER]}
                await send(message)

            await app(scope, receive, send_marked)

        return marked

    return wrap
