"""Words in any case and a tag as it is, found where they stand."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.bulk.finder import finder

WORDS = (b"ketamin", b"ketalar", b"spravato", b"zz", b"inter", b"interval", b"internal")
TAG = b"</A>"


@pytest.fixture(params=["hyperscan", "without"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without the library."""
    if request.param == "without":
        monkeypatch.setitem(sys.modules, "hyperscan", None)
    else:
        pytest.importorskip("hyperscan")


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize("words", [WORDS, WORDS[:3], WORDS[:1], ()])
def test_both_ways_find_the_same(words: tuple[bytes, ...]) -> None:
    """Words within words, next to each other, in any case, and those that only begin like one."""
    block = b"KeTaMiNe</A>esketamine keta ketanserin</a></A>SPRAVATOketalarKETALA zZz Inter intervals interna\xc3\xa9"
    tags, places = finder(TAG, words)(block)
    lowered = block.lower()
    assert tags == [8, 42]
    assert places == sorted({at for word in words for at in range(len(block)) if lowered.startswith(word, at)})


@given(st.lists(st.sampled_from([*WORDS, *(w.upper() for w in WORDS), TAG, b" ", b"e", b"<a>"])).map(b"".join))
def test_whatever_stands_in_a_block_is_found(block: bytes) -> None:
    """The same as looking at every place."""
    tags, places = finder(TAG, WORDS)(block)
    lowered = block.lower()
    assert tags == [at for at in range(len(block)) if block.startswith(TAG, at)]
    assert places == sorted({at for word in WORDS for at in range(len(block)) if lowered.startswith(word, at)})
