"""What a reader of numbers is, the numbers that it finds, and the figures of which a text tells them."""

from __future__ import annotations

import re
from bisect import bisect_left
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

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_RANKS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_WORDS = (
    {word: number for number, word in enumerate(_ONES.split())}
    | {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
    | {"hundred": 100, "thousand": 1000}
)
_ORDINALS = {word: number for number, word in enumerate(_RANKS.split(), start=1)} | {"fourteenth": 14, "thirtieth": 30}
_SPOKEN = frozenset(_WORDS) | frozenset(_ORDINALS)
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_SPELLED = re.compile(
    rf"(?:{_WORD})(?:(?:[ ‐-]|[ -]and[ -])(?:{_WORD})){{0,6}}(?![a-z])|(?:{'|'.join(_ORDINALS)})(?![a-z])"
)
_NO_LETTERS = str.maketrans(dict.fromkeys("-‐()[],.;:/—–", " "))
_DIGITS = re.compile(r"\d+(?:[.,·]\d+)*(?:[\u2009\u202f\xa0 ]\d{3}(?![\d.,·]))*")
_PIECE = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:[\u2009\u202f\xa0 ]\d{3})+|\d{1,9}(?:[.·]\d{1,6})?")
_SEPARATORS = str.maketrans({",": "", " ": "", "\xa0": "", "\u2009": "", "\u202f": "", "·": "."})
_PREFIXED = re.compile(r"(?<![A-Za-z])(?:POD|PPD)$")
"""What may stand before a figure without a blank: postoperative and postpartum day."""


def figures(text: str, start: int, end: int) -> Sequence[Figure]:
    """The numbers that begin between ``start`` and ``end`` of a text, in order: 1,036, 11 938, 0.5, thirty-five."""
    found = _figures(text)
    first = bisect_left(found, start, key=_start)
    return found[first : bisect_left(found, end, lo=first, key=_start)]


def _start(figure: Figure) -> int:
    return figure.start


@lru_cache(maxsize=64)
def _figures(text: str) -> tuple[Figure, ...]:
    """All numbers of a text; both readers ask for them."""
    return tuple(sorted([*_written(text), *_spelled(text.lower())], key=_start))


def _written(text: str) -> Iterator[Figure]:
    for run in _DIGITS.finditer(text):
        before = text[max(0, run.start() - 4) : run.start()]
        if before[-1:].isalpha() and not _PREFIXED.search(before):
            continue
        for piece in _PIECE.finditer(text, run.start(), run.end()):
            yield Figure(float(piece[0].translate(_SEPARATORS)), piece.start(), piece.end())


def _spelled(lowered: str) -> Iterator[Figure]:
    """The numbers in words; where no word of them stands there is nothing to look for."""
    ends = 0
    for start in sorted(_places(lowered, _SPOKEN.intersection(lowered.translate(_NO_LETTERS).split()))):
        match = _SPELLED.match(lowered, start) if start >= ends else None
        if match and not lowered[start - 1 : start].isalpha():
            ends, rank = match.end(), _ORDINALS.get(match[0])
            yield Figure(float(rank or _spoken(match[0])), start, ends, ordinal=rank is not None)


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


def evidence(sentence: Sentence, start: int, end: int) -> Evidence:
    """What stands at ``start:end`` of the sentence's section as evidence, cut where it is too long."""
    end = min(end, start + LONGEST_EVIDENCE)
    return Evidence("text", sentence.source[start:end], sentence.section, start, end)
