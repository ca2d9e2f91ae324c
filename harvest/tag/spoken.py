"""Numbers in words: thirty-five, two hundred and five."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = (
    {word: number for number, word in enumerate(f"{_ONES} {_TEENS}".split(), start=1)}
    | {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
    | {"hundred": 100, "thousand": 1000}
)
"""The words that a number may begin with, and what each says."""


def any_of(words: Iterable[str]) -> str:
    """A pattern that finds any of these words."""
    return f"(?:{'|'.join(words)})"


SMALL = (
    rf"(?:{any_of(_TENS.split())}(?:[ ‐‑–-]{any_of(_ONES.split())})?|{any_of(f'{_TEENS} {_ONES}'.split())})(?![a-z])"
)
"""A pattern that finds a number below a hundred, in lower case."""


@lru_cache(maxsize=256)
def spoken(words: str) -> int:
    """The number that words say: "two hundred and thirty-five" is 235."""
    total = group = 0
    for word in re.findall("[a-z]+", words):
        number = WORDS.get(word, 0)
        if number == 1000:
            total, group = total + 1000 * (group or 1), 0
        elif number == 100:
            group = 100 * (group or 1)
        else:
            group += number
    return total + group
