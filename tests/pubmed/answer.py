"""What the server says: a body, and how it travels."""

from __future__ import annotations

from dataclasses import dataclass

JSON = "application/json; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
HTML = "text/html; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"
RSS = "application/rss+xml; charset=utf-8"

FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the bytes travel: ``before`` and ``midway`` are pauses in seconds, ``drip`` is the pause after each piece.

    ``reset_after`` is the share of the body (0 to 1) after which the connection is reset; ``None`` sends it all.
    A pause of ``FOREVER`` lasts as long as the server's ``stall``.
    """

    before: float = 0
    midway: float = 0
    drip: float = 0
    reset_after: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. ``encoded`` says that the body is gzip already and must not be compressed again."""

    body: bytes
    content_type: str = XML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = Delivery()
    encoded: bool = False
