"""An answer that is made while it is sent, so that it takes no memory however long it is (ASGI)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Download:
    """An answer in pieces; where whoever asked goes away, no more of it is made.

    Args:
        pieces: the pieces of its text.
        headers: its headers.
        receive: what tells that whoever asked has gone.
        with_body: whether the text is wanted, or the headers alone.
    """

    status = 200

    def __init__(
        self, pieces: AsyncIterator[str], headers: Mapping[str, str], receive: Receive, with_body: bool = True
    ) -> None:
        self._pieces = pieces
        self.headers = dict(headers)
        self._receive = receive
        self._with_body = with_body

    async def asgi_send(self, send: Send) -> None:
        """Send all of it."""
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        gone = asyncio.ensure_future(self._gone())
        try:
            if self._with_body:
                await self._send_pieces(send, gone)
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _send_pieces(self, send: Send, gone: asyncio.Future[None]) -> None:
        async for piece in self._pieces:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece.encode("utf-8", "replace"), "more_body": True})

    async def _gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
