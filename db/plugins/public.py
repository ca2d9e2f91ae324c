"""What a site that is open to all keeps to itself, how it works inside; and whose fault a wrong address is.

A site is open to all where nobody may run SQL of their own (``default_allow_sql`` off, as in ``public.json``). There
what Datasette tells of itself, its threads, plugins, settings and files, has no address, and an error of the program is
told to its log, not to the visitor. When more is asked at once than can be answered soon, who came last is answered
first, and who has waited longest is turned away: no flood of requests leaves a queue that the next one must wait in.
"""

import asyncio
import re
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from datasette import Forbidden, Response
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from pluggy import HookimplMarker

from harvest.config import Publish, part

hookimpl = HookimplMarker("datasette")

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

OPEN = re.compile(r"/-/(health|static/.+|static-plugins/.+)")
"""What the public has of the addresses that belong to Datasette itself."""

METRICS = "/-/metrics"
"""What it has besides if the recipe says so."""

AT_ONCE, QUEUE = 8, 64
"""Requests that are worked on until their answer begins, and those that wait for that."""

BUSY = {"Retry-After": "2", "Cache-Control": "no-store"}

_TOLD = (Base400, DatasetteError, Forbidden)
"""Errors that are the visitor's, and say so."""


class Gate:
    """Lets so many in at once; of those who wait, the last comes first."""

    def __init__(self) -> None:
        self._free = AT_ONCE
        self._waiting: deque[asyncio.Future[bool]] = deque()

    async def enter(self) -> bool:
        """Wait to be let in; ``False`` says that it is too busy for that."""
        if self._free:
            self._free -= 1
            return True
        if len(self._waiting) == QUEUE:
            _tell(self._waiting.popleft(), False)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        return await turn

    def leave(self) -> None:
        """Make room for the next one."""
        while self._waiting:
            if _tell(self._waiting.pop(), True):
                return
        self._free += 1


def _tell(turn: asyncio.Future[bool], answer: bool) -> bool:
    """Tell one who waits; ``False`` says that nobody waits any more."""
    if turn.done():
        return False
    turn.set_result(answer)
    return True


def is_public(datasette: Any) -> bool:
    """Whether the site is open to all."""
    return not datasette.setting("default_allow_sql")


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[AsgiApp], AsgiApp]:
    """Close the addresses of Datasette itself, and turn away what is too much."""
    if not is_public(datasette):
        return lambda app: app
    gate = Gate()
    shows_metrics = part(datasette.config_dir, Publish).metrics

    def wrap(app: AsgiApp) -> AsgiApp:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif _is_closed(datasette, scope["path"], shows_metrics):
                await Response.text("Not found\n", status=404).asgi_send(send)
            elif await gate.enter():
                await _let_in(gate, app, scope, receive, send)
            else:
                await Response.text("Too busy, try again shortly.\n", status=503, headers=BUSY).asgi_send(send)

        return guarded

    return wrap


async def _let_in(gate: Gate, app: AsgiApp, scope: Any, receive: Any, send: Any) -> None:
    """Answer a request, which makes room when its answer begins: a long download is not in the way of others."""
    left = False

    def leave() -> None:
        nonlocal left
        if not left:
            left = True
            gate.leave()

    async def begun(message: Any) -> None:
        leave()
        await send(message)

    try:
        await app(scope, receive, begun)
    finally:
        leave()


def _is_closed(datasette: Any, path: str, shows_metrics: bool) -> bool:
    below = "/" + path.removeprefix(datasette.setting("base_url")).lstrip("/")
    is_open = OPEN.fullmatch(below) or (shows_metrics and below == METRICS)
    return below.startswith("/-/") and not is_open


@hookimpl
def handle_exception(datasette: Any, exception: Exception) -> Response | None:
    """Say no more than that something failed; ``None`` leaves the answer to Datasette.

    Datasette calls some wrong addresses, such as one that sorts by a column that there is not, errors of its own.
    """
    if isinstance(exception, DatasetteError) and exception.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        exception.status = HTTPStatus.BAD_REQUEST
    if not is_public(datasette) or isinstance(exception, _TOLD):
        return None
    traceback.print_exception(exception)
    return Response.text("Something failed here. It has been noted.\n", status=500)
