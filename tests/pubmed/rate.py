"""The rate limit: so many requests in any second, for each API key, or for each address without one."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.pubmed.answer import JSON, Answer


@dataclass(slots=True)
class RateLimit:
    """Requests a second, without and with an API key; ``None`` is no limit."""

    anonymous: int | None
    with_key: int | None
    _seen: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, key: str | None, address: str) -> tuple[tuple[tuple[str, str], ...], Answer | None]:
        """Count a request; returns the headers to send, and the refusal where it is one too many."""
        limit = self.with_key if key else self.anonymous
        if limit is None:
            return (), None
        count = self._count(key or address)
        headers = (("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(max(limit - count, 0))))
        return headers, refusal(key or address, count, limit) if count > limit else None

    def _count(self, caller: str) -> int:
        now = time.monotonic()
        with self._lock:
            seen = self._seen[caller]
            while seen and seen[0] <= now - 1:
                seen.popleft()
            seen.append(now)
            return len(seen)


def most_in_a_second(times: Sequence[float]) -> int:
    """The most of some moments that lie within one second."""
    return max(sum(start <= time < start + 1 for time in times) for start in times)


def refusal(caller: str, count: int, limit: int) -> Answer:
    """The answer to one request too many; it echoes the caller's key or address, as NCBI does."""
    body = {"error": "API rate limit exceeded", "api-key": caller, "count": str(count), "limit": str(limit)}
    return Answer(json.dumps(body, separators=(",", ":")).encode() + b"\n", JSON, 429)


def bad_key(key: str) -> Answer:
    """The answer to an API key that is blank or unknown."""
    body = {"error": "API key invalid", "api-key": key, "type": "invalid", "status": "unknown"}
    return Answer(json.dumps(body, separators=(",", ":")).encode() + b"\n", JSON, 400)
