"""An answer is made while it is sent, and no longer than somebody wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from harvest.publish.download import Download, Message


async def sent(count: int, leaves_after: int | None = None, with_body: bool = True) -> tuple[list[Message], list[int]]:
    """What is sent of an answer of some pieces, and which pieces were made."""
    made: list[int] = []
    messages: list[Message] = []
    gone = asyncio.Event()

    async def pieces() -> AsyncIterator[str]:
        for number in range(count):
            made.append(number)
            yield f"piece {number}\n"
            await asyncio.sleep(0)

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        messages.append(message)
        if leaves_after is not None and len(messages) > leaves_after:
            gone.set()
            await asyncio.sleep(0)

    headers = {"Content-Type": "text/plain", "X-Name": "value"}
    await Download(pieces(), headers, receive, with_body).asgi_send(send)
    return messages, made


def body(messages: list[Message]) -> str:
    found: Any = b"".join(message.get("body", b"") for message in messages)
    return str(found.decode())


def test_all_pieces_are_sent_in_their_order() -> None:
    """After the headers, and with an end."""
    messages, _ = asyncio.run(sent(3))
    assert messages[0]["status"] == 200
    assert (b"x-name", b"value") in messages[0]["headers"]
    assert body(messages) == "piece 0\npiece 1\npiece 2\n"
    assert not messages[-1].get("more_body")


def test_nothing_more_is_made_for_somebody_who_left() -> None:
    """However much there would be."""
    _, made = asyncio.run(sent(10_000, leaves_after=2))
    assert len(made) < 6


def test_headers_alone_can_be_asked_for() -> None:
    """Then nothing is made."""
    messages, made = asyncio.run(sent(3, with_body=False))
    assert body(messages) == ""
    assert made == []
