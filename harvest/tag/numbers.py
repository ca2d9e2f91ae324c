"""What a reader of numbers is, the numbers that it finds, and the figures of which a text tells them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from harvest.model import Evidence
from harvest.tag.reading import Sentence


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a record states, with the words that state it."""

    value: int
    evidence: tuple[Evidence, ...]


Reader = Callable[[Sequence[Sentence], Collection[str]], Number | None]
"""Finds the number in a reading of a record that has these signals; ``None`` where none is stated."""


class Figure(NamedTuple):
    """A number at ``start:end`` of a text, in figures or in words; ``ordinal`` where the words tell a rank: third."""

    value: float
    start: int
    end: int
    ordinal: bool = False


LONGEST_EVIDENCE = 200
"""Characters that a piece of evidence may have."""

_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_RANKS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_WORDS = (
    {word: number for number, word in enumerate(f"{_ONES} {_TEENS}".split(), start=1)}
    | {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
    | {"hundred": 100, "thousand": 1000}
)
_ORDINALS = {word: number for number, word in enumerate(_RANKS.split(), start=1)} | {"fourteenth": 14, "thirtieth": 30}
_SPOKEN = frozenset(_WORDS) | frozenset(_ORDINALS)


def _any(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(words)})"


_SMALL = rf"(?:{_any(_TENS.split())}(?:[ ‐-]{_any(_ONES.split())})?|{_any(f'{_TEENS} {_ONES}'.split())})(?![a-z])"
_HUNDREDS = rf"(?:(?:{_SMALL}[ ‐-])?hundred(?:(?: and |[ ‐-]){_SMALL})?|{_SMALL})"
_SPELLED = re.compile(
    rf"(?:{_HUNDREDS}[ ‐-])?thousand(?:(?: and |,? ){_HUNDREDS})?(?![a-z])|{_HUNDREDS}|{_any(_ORDINALS)}(?![a-z])"
)
"""A number in words; "and" is a part of it after hundreds only, so that "three and six months" are two."""

_DIGITS = re.compile(r"[0-9][0-9]*(?:[.,·][0-9]+)*(?:[\u2009\u202f\xa0 ][0-9]{3}(?![0-9.,·]))*")
_PIECE = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:[\u2009\u202f\xa0 ]\d{3})+|\d{1,9}(?:[.·]\d{1,6})?")
_SEPARATORS = str.maketrans({",": "", " ": "", "\xa0": "", "\u2009": "", "\u202f": "", "·": "."})
_PREFIXED = re.compile(r"(?<![A-Za-z])(?:POD|PPD)$")
"""What may stand before a figure without a blank: postoperative and postpartum day."""


@lru_cache(maxsize=64)
def figures(text: str, start: int, end: int) -> Sequence[Figure]:
    """The numbers between ``start`` and ``end`` of a text, in order: 1,036, 11 938, 0.5, thirty-five.

    Both readers ask for those of the same sentences.
    """
    spelled = list(_spelled(text[start:end].lower(), start))
    written = list(_written(text, start, end))
    return sorted([*written, *spelled], key=_start) if spelled else written


def _start(figure: Figure) -> int:
    return figure.start


def _written(text: str, start: int, end: int) -> Iterator[Figure]:
    for run in _DIGITS.finditer(text, start, end):
        (first, last), digits = run.span(), run[0]
        if text[first - 1 : first].isalpha() and not _PREFIXED.search(text, max(0, first - 4), first):
            continue
        if last - first < len("1000000000") and digits.replace(".", "", 1).isdecimal():
            yield Figure(float(digits), first, last)
            continue
        for piece in _PIECE.finditer(text, first, last):
            yield Figure(float(piece[0].translate(_SEPARATORS)), piece.start(), piece.end())


def _spelled(lowered: str, offset: int) -> Iterator[Figure]:
    """The numbers in words; where no word of them stands there is nothing to look for."""
    words = lowered.replace("-", " ").replace("‐", " ").replace("(", " ").replace(",", " ").split()
    if _SPOKEN.isdisjoint(words):
        return
    ends = 0
    for start in sorted(_places(lowered, _SPOKEN.intersection(words))):
        match = _SPELLED.match(lowered, start) if start >= ends else None
        if match and not lowered[start - 1 : start].isalpha():
            ends, rank = match.end(), _ORDINALS.get(match[0])
            yield Figure(float(rank or _spoken(match[0])), offset + start, offset + ends, ordinal=rank is not None)


def _places(text: str, words: Iterable[str]) -> Iterator[int]:
    for word in words:
        at = text.find(word)
        while at >= 0:
            yield at
            at = text.find(word, at + 1)


def _spoken(words: str) -> int:
    """The number that words say: "two hundred and thirty-five" is 235."""
    total = group = 0
    for word in re.findall("[a-z]+", words):
        number = _WORDS.get(word, 0)
        if number == 1000:
            total, group = total + 1000 * (group or 1), 0
        elif number == 100:
            group = 100 * (group or 1)
        else:
            group += number
    return total + group


def has(text: str, parts: Iterable[str]) -> bool:
    """Whether any of the parts stands in a text; much cheaper to ask than a pattern with as many alternatives."""
    return any(map(text.__contains__, parts))


def evidence(sentence: Sentence, start: int, end: int) -> Evidence:
    """What stands at ``start:end`` of the sentence's section as evidence, cut where it is too long."""
    end = min(end, start + LONGEST_EVIDENCE)
    return Evidence("text", sentence.source[start:end], sentence.section, start, end)
