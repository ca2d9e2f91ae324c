"""Cuts a text where evidence begins and ends, so that a page can mark each piece in place.

Evidence overlaps: a sentence that tells a finding holds the phrases of several tags. A text is cut at every boundary;
pieces of one sentence stay together, and within it those of one chosen phrase.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

Kind = Literal["evidence", "chosen", "sentence"]
"""Evidence of a tag, evidence of the tag that a reader chose, and the sentence that tells what was found."""


class Span(NamedTuple):
    """Evidence in a text, from a character on to before another; ``label`` says of what."""

    start: int
    end: int
    kind: Kind
    label: str


class Piece(NamedTuple):
    """A piece of a text and the tags that it is evidence of."""

    text: str
    labels: tuple[str, ...]


class Run(NamedTuple):
    """Neighbouring pieces that are, or are not, evidence of the chosen tag."""

    is_chosen: bool
    pieces: list[Piece]


class Passage(NamedTuple):
    """Neighbouring runs that tell the same findings, or none."""

    findings: tuple[str, ...]
    runs: list[Run]


class _Cut(NamedTuple):
    piece: Piece
    is_chosen: bool
    findings: tuple[str, ...]


def passages(text: str, spans: Iterable[Span]) -> list[Passage]:
    """A text cut at every boundary of its evidence; put together again it is the text.

    Args:
        text: the text.
        spans: the evidence in it, in any order; what lies outside of the text is left out.
    """
    return [
        Passage(findings, list(_runs(some)))
        for findings, some in groupby(_cuts(text, sorted(spans)), attrgetter("findings"))
    ]


def _runs(cuts: Iterable[_Cut]) -> Iterator[Run]:
    for is_chosen, run in groupby(cuts, attrgetter("is_chosen")):
        yield Run(is_chosen, [cut.piece for cut in run])


def _cuts(text: str, spans: Sequence[Span]) -> Iterator[_Cut]:
    inside = {min(max(place, 0), len(text)) for span in spans for place in (span.start, span.end)}
    boundaries = sorted(inside | {0, len(text)})
    return (_cut(text, start, end, spans) for start, end in pairwise(boundaries))


def _cut(text: str, start: int, end: int, spans: Sequence[Span]) -> _Cut:
    over = [span for span in spans if span.start <= start and end <= span.end]
    labels = tuple(dict.fromkeys(span.label for span in over if span.kind != "sentence"))
    findings = tuple(dict.fromkeys(span.label for span in over if span.kind == "sentence"))
    return _Cut(Piece(text[start:end], labels), any(span.kind == "chosen" for span in over), findings)
