"""How to speak to NCBI's E-utilities: who is asking, how fast, and which answers are errors.

The rules are those of "A General Introduction to the E-utilities" (NCBI, NBK25497): at most 3 requests a second, 10
with an API key, counted over everything that runs at one address; ``tool`` and ``email`` with every request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urljoin

from harvest.errors import PayloadError
from harvest.http import Answer, Client, Pacer, shared_pacer

T = TypeVar("T")

TOOL = "harvest"
NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"


class Eutils:
    """The E-utilities at one address.

    Args:
        client: sends the requests.
        base: the address that the utilities' names are appended to.
        email: whom NCBI may write to when something misbehaves; left out when empty.
        api_key: an NCBI API key; left out when empty, for NCBI refuses an empty one.
        pacer: keeps the rate; by default the one that all processes of this user share.
    """

    def __init__(
        self, client: Client, base: str = NCBI, *, email: str = "", api_key: str = "", pacer: Pacer | None = None
    ) -> None:
        self._client = client
        self._base = base.rstrip("/") + "/"
        self._manners = {"tool": TOOL, "email": email, "api_key": api_key}
        self._pacer = pacer or shared_pacer(self._base, 10 if api_key else 3, api_key)

    def call(self, utility: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """Send one request by POST and read its answer.

        Args:
            utility: ``esearch``, ``efetch`` ...
            parameters: what to ask, beyond who is asking.
            read: makes a value of the body, or raises ``PayloadError``.

        Raises:
            SourceError: NCBI did not answer, or not with what was asked for.
        """
        form = {name: value for name, value in ({"db": "pubmed"} | self._manners | dict(parameters)).items() if value}

        def checked(answer: Answer) -> T:
            refuse_error_body(answer.body)
            return read(answer.body)

        return self._client.post(urljoin(self._base, f"{utility}.fcgi"), form, checked, pacer=self._pacer)


def refuse_error_body(body: bytes) -> None:
    """Raise for the bodies that are errors whatever was asked for: nothing, HTML, or a JSON error under HTTP 200.

    Raises:
        PayloadError: the body is one of those.
    """
    head = body[:2048].lstrip().lower()
    if not head:
        raise PayloadError("the answer is empty", retryable=True)
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head:
        raise PayloadError("an HTML page came instead of data", retryable=True)
    if head.startswith(b'{"error"'):
        limited = b"rate limit" in head
        said = "too many requests" if limited else _error_of(body)
        raise PayloadError(f"NCBI answered with an error: {said}", retryable=limited)


def read_json(body: bytes) -> dict[str, Any]:
    """Parse a JSON answer. NCBI's over-cap error holds a raw newline within a string, so control characters may stand.

    Raises:
        PayloadError: the body is no JSON object.
    """
    try:
        value = json.loads(body, strict=False)
    except (ValueError, RecursionError):  # the latter where brackets are nested too deep
        raise PayloadError("the answer is not JSON, or cut off", retryable=True) from None
    if not isinstance(value, dict):
        raise PayloadError("the answer is JSON of an unexpected kind", retryable=True)
    return value


def _error_of(body: bytes) -> str:
    found = re.search(rb'"error"\s*:\s*"([^"]{1,200})"', body)
    return found.group(1).decode("utf-8", "replace") if found else "no reason given"
