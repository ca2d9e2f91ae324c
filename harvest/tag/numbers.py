"""What a reader of numbers is, the numbers that it finds, and the figures of which a text tells them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from harvest.model import Evidence
from harvest.tag.reading import Sentence
from harvest.tag.spoken import SMALL, WORDS, any_of, spoken


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a record states, with the words that state it."""

    value: int
    evidence: tuple[Evidence, ...]


Reader = Callable[[Sequence[Sentence], Collection[str]], Number | None]
"""Finds the number in a reading of a record that has these signals; ``None`` where none is stated."""


Figure = tuple[float, int, int, bool]
"""A number, where it starts and ends in a text, and whether the words for it tell a rank: third."""

LONGEST_EVIDENCE = 200
"""Characters that a piece of evidence may have."""

_RANKS = "first second third fourth fifth sixth seventh eighth ninth tenth"
_ORDINALS = {word: number for number, word in enumerate(_RANKS.split(), start=1)} | {"fourteenth": 14, "thirtieth": 30}
_SPOKEN = frozenset(WORDS) | frozenset(_ORDINALS)


_HUNDREDS = rf"(?:(?:{SMALL}[ ‐-])?hundred(?:(?: and |[ ‐-]){SMALL})?|{SMALL})"
_SPELLED = re.compile(
    rf"(?:{_HUNDREDS}[ ‐-])?thousand(?:(?: and |,? ){_HUNDREDS})?(?![a-z])|{_HUNDREDS}|{any_of(_ORDINALS)}(?![a-z])"
)
"""A number in words; "and" is a part of it after hundreds only, so that "three and six months" are two."""

_DIGITS = re.compile(r"[0-9][0-9]*(?:[.,·][0-9]+)*(?:[\u2009\u202f\xa0 ][0-9]{3}(?![0-9.,·]))*")
_PIECE = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:[\u2009\u202f\xa0 ]\d{3})+|\d{1,9}(?:[.·]\d{1,6})?")
_SEPARATORS = str.maketrans({",": "", " ": "", "\xa0": "", "\u2009": "", "\u202f": "", "·": "."})
_PREFIXED = re.compile(r"(?<![A-Za-z])(?:POD|PPD)$")
"""What may stand before a figure without a blank: postoperative and postpartum day."""


_MARKS = "-‐(,"
"""What parts words as a blank does."""

_STOPS = ".。！？；؟"
"""What may end a sentence without a blank after it."""

_ALONE = re.compile(r"(?<![^\s\-‐(,])[a-z]+(?![^\s\-‐(,])")
"""A word that nothing but blanks and marks stands beside."""

_start = itemgetter(1)


def figures(text: str, start: int, end: int) -> Sequence[Figure]:
    """The numbers in the sentence at ``start:end`` of a text, in order: 1,036, 11 938, 0.5, thirty-five.

    Those of the whole text are looked for once, unless what a sentence tells depends on where it ends.
    """
    known = _figures_of(text)
    if known is None:
        return figures_between(text, start, end)
    found, starts = known
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    if (first and found[first - 1][2] > start) or (last and found[last - 1][2] > end):
        return figures_between(text, start, end)
    return found[first:last]


@lru_cache(maxsize=64)
def figures_between(text: str, start: int, end: int) -> Sequence[Figure]:
    """The numbers in a piece of a text as if it stood alone."""
    lowered = text[start:end].lower()
    words = _SPOKEN.intersection(_split(lowered, _MARKS))
    return _merged(_written(text, start, end), [_moved(figure, start) for figure in _spelled(lowered, words)])


@lru_cache(maxsize=16)
def _figures_of(text: str) -> tuple[Sequence[Figure], Sequence[int]] | None:
    """All the numbers of a text and where they start; ``None`` where its sentences have to be looked at one by one.

    A number word counts in a sentence in which it stands alone at least once: not that of "one/two".
    """
    lowered = text.lower()
    words = _SPOKEN.intersection(_split(lowered, _MARKS + _STOPS))
    spelled = list(_spelled(lowered, words)) if words else []
    if len(lowered) != len(text) or not all(_stands_alone(lowered, figure[1]) for figure in spelled):
        return None
    found = _merged(_written(text, 0, len(text)), spelled)
    return found, [figure[1] for figure in found]


def _stands_alone(lowered: str, start: int) -> bool:
    match = _ALONE.match(lowered, start)
    return match is not None and match[0] in _SPOKEN


def _merged(written: list[Figure], spelled: list[Figure]) -> list[Figure]:
    return sorted([*written, *spelled], key=_start) if spelled else written


def _moved(figure: Figure, offset: int) -> Figure:
    value, start, end, ordinal = figure
    return value, start + offset, end + offset, ordinal


def _written(text: str, start: int, end: int) -> list[Figure]:
    found: list[Figure] = []
    for run in _DIGITS.finditer(text, start, end):
        first, last = run.span()
        if text[first - 1 : first].isalpha() and not _PREFIXED.search(text, max(0, first - 4), first):
            continue
        digits = text[first:last]
        if last - first < len("1000000000") and (digits.isdecimal() or digits.replace(".", "", 1).isdecimal()):
            found.append((float(digits), first, last, False))
            continue
        pieces = _PIECE.finditer(text, first, last)
        found.extend((float(one[0].translate(_SEPARATORS)), *one.span(), False) for one in pieces)
    return found


def _split(lowered: str, marks: str) -> list[str]:
    for mark in marks:
        lowered = lowered.replace(mark, " ")
    return lowered.split()


def _spelled(lowered: str, words: Iterable[str]) -> Iterator[Figure]:
    """The numbers that begin with one of these number words."""
    ends = 0
    for start in sorted(_places(lowered, words)):
        if start < ends or lowered[start - 1 : start].isalpha():
            continue
        if match := _SPELLED.match(lowered, start):
            ends, rank = match.end(), _ORDINALS.get(match[0])
            yield float(rank or spoken(match[0])), start, ends, rank is not None


def _places(text: str, words: Iterable[str]) -> Iterator[int]:
    for word in words:
        at = text.find(word)
        while at >= 0:
            yield at
            at = text.find(word, at + 1)


def has(text: str, parts: Iterable[str]) -> bool:
    """Whether any of the parts stands in a text; much cheaper to ask than a pattern with as many alternatives."""
    return any(map(text.__contains__, parts))


def evidence(sentence: Sentence, start: int, end: int) -> Evidence:
    """What stands at ``start:end`` of the sentence's section as evidence, cut where it is too long."""
    end = min(end, start + LONGEST_EVIDENCE)
    return Evidence("text", sentence.source[start:end], sentence.section, start, end)
