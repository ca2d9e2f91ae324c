"""What HTML forbids is left out of pages, and nothing else."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

allowed: Callable[[Any], Any] = runpy.run_path(str(Path("db/plugins/characters.py")))["allowed"]


def is_forbidden(character: str) -> bool:
    """By the words of https://infra.spec.whatwg.org/#control and https://infra.spec.whatwg.org/#noncharacter."""
    code = ord(character)
    is_control = code <= 0x1F or 0x7F <= code <= 0x9F
    is_noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return is_noncharacter or (is_control and character not in "\t\n\f\r")


def test_each_code_point_is_kept_or_left_out_as_html_says() -> None:
    """All 1,114,112 of them."""
    for character in map(chr, range(0x110000)):
        assert allowed(character) == ("" if is_forbidden(character) else character), hex(ord(character))


@given(st.text(st.one_of(st.characters(), st.sampled_from("\x00\x0b\x85\ufdd0\ufffe\uffff\U0001ffff\U0010fffe"))))
def test_only_what_is_forbidden_goes(text: str) -> None:
    """Wherever it stands, and what was marked as safe stays so."""
    expected = "".join(one for one in text if not is_forbidden(one))
    assert allowed(text) == expected
    assert type(allowed(Markup(text))) is Markup


def test_what_is_no_text_is_let_be() -> None:
    """A number or nothing goes through as it is."""
    assert allowed(7) == 7
    assert allowed(None) is None
