"""Characters that HTML forbids are left out of pages; the data keeps them.

They are the control characters but for white space, and the code points that Unicode sets aside as noncharacters:
https://html.spec.whatwg.org/multipage/syntax.html#text-2
"""

import re
from typing import Any

from jinja2 import Environment
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

_NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_CONTROLS = "\x00-\x08\x0b\x0e-\x1f\x7f-\x9f"
_FORBIDDEN = re.compile(f"[{_CONTROLS}\ufdd0-\ufdef{_NONCHARACTERS}]")

_SUSPECT = re.compile(f"[{_CONTROLS}\ufdd0-\ufdef\ufffe\uffff\U00010000-\U0010ffff]")
"""What is forbidden, and whatever lies beyond the first plane: looking for each by itself takes seven times as long."""


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Look at every value that a template puts into a page."""
    env.finalize = allowed


def allowed(value: Any) -> Any:
    """A value without what HTML forbids; what is marked as safe stays so."""
    if isinstance(value, str) and _SUSPECT.search(value):
        return type(value)(_FORBIDDEN.sub("", value))
    return value
