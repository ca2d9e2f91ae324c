"""What browsers may do with the pages, and what programs on other sites may read.

Two policies for content (CSP). Pages of this site get the strict one: styles, pictures and scripts are files of the
site, nothing stands in the page itself. Datasette's own pages, of tables and queries, put styles into the page, and
scripts that are known by their digests; an unknown script does not run there either.
"""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import datasette as package
from pluggy import HookimplMarker

from harvest.config import Publish, part

hookimpl = HookimplMarker("datasette")

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]
Header = tuple[bytes, bytes]

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""The policy of this site's own pages."""

COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{one}=()" for one in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
    ),
}
"""Sent with every answer."""

_FACETS = ("DATASETTE_ALLOW_FACET = true;", "DATASETTE_ALLOW_FACET = false;")
"""The script of table pages."""

_SCRIPTED = ("_codemirror_foot.html", "_close_open_menus.html")
"""Datasette's templates with a script in them."""

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def publishing(datasette: Any) -> Publish:
    """What the recipe says of publishing."""
    return part(datasette.config_dir, Publish)


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Let other plugins and templates ask what the recipe says of publishing."""
    env.globals["publishing"] = publishing(datasette)


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Any) -> Callable[[AsgiApp], AsgiApp]:
    """Send the headers with every answer, whatever else answers: the last wrapper is the outermost."""
    strict, native = _written(STRICT), _written(_native())
    cors = publishing(datasette).cors

    def wrap(app: AsgiApp) -> AsgiApp:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            policy = native if _is_native(datasette, scope["path"]) else strict

            async def send_guarded(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": list(_with(message["headers"], policy, cors))}
                await send(message)

            await app(scope, receive, send_guarded)

        return guarded

    return wrap


def _is_native(datasette: Any, path: str) -> bool:
    """Whether a page is Datasette's own: of a database, or of Datasette itself."""
    first = path.removeprefix(datasette.setting("base_url")).lstrip("/").partition("/")[0].partition(".")[0]
    return first == "-" or first in datasette.databases


def _native() -> dict[str, str]:
    """The policy of Datasette's own pages."""
    folder = Path(package.__file__).parent / "templates"
    texts = [(folder / name).read_text(encoding="utf-8") for name in _SCRIPTED]
    scripts = [*_FACETS, *(script for text in texts for script in _SCRIPT.findall(text))]
    return STRICT | {
        "script-src": " ".join(["'self'", *map(_known, scripts)]),
        "style-src": "'self' 'unsafe-inline'",
    }


def _known(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _with(headers: Iterable[Header], policy: str, cors: bool) -> Iterator[Header]:
    """The headers of an answer with those that go with every answer; what an answer says itself stands."""
    told = {name.lower(): value for name, value in headers}
    yield from headers
    added = COMMON | {"Content-Security-Policy": policy}
    if cors and not told.get(b"content-type", b"").startswith(b"text/html"):
        added["Access-Control-Allow-Origin"] = "*"
    yield from (
        (name.lower().encode(), value.encode()) for name, value in added.items() if name.lower().encode() not in told
    )
