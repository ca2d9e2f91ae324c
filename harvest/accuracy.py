"""Measures tags against readers' labels: precision, recall and F1 with an interval, for each tag and each facet.

Labels are JSON lines, one study each: ``pmid``, and for each facet of the taxonomy what a reader found: a list of tags,
one tag, or a number (``null`` where the record states none). ``FACET_open`` lists tags on which readers differed; they
are neither hit nor fault. ``finding`` holds by tag what the record found of it. Other keys are left alone, and so is a
facet that the labels leave out.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harvest.errors import ConfigError
from harvest.model import FacetDefinition, Pmid, Tag, TagDefinition

ALL = "(all)"
"""Stands for all tags of a facet together (micro average), and for the number of a facet of numbers."""

FINDING = "finding"
"""What the findings are measured as: a facet of its own, effect by effect."""

TOLERANCE = {"follow_up_days": 0.1}
"""By how much of the reader's number a number may differ; nothing where none is given."""

CONFIDENCE = 1.959964
"""The normal quantile of a two-sided 95 % interval."""

Verdict = Literal["hit", "false alarm", "miss"]
Item = tuple[str, str, Verdict]
"""Facet, tag, and whether the tagger agrees with the reader on it."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader found in one study, by the labels' own keys."""

    pmid: Pmid
    said: Mapping[str, Any]

    def tags(self, facet: str) -> set[str]:
        """The reader's tags of a facet, whatever its kind."""
        value = self.said[facet]
        return set(value) if isinstance(value, list) else set() if value is None else {str(value)}


@dataclass(frozen=True, slots=True)
class Measure:
    """How well a tag is given: ``positives`` is how often readers gave it, ``n`` how many studies they read.

    ``precision``, ``recall`` and ``f1`` lie between 0 and 1, and are ``None`` where nothing was there to be found or
    given; ``low`` and ``high`` are the 95 % interval of F1.
    """

    facet: str
    tag: str
    n: int
    positives: int
    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None


def read_labels(path: Path, facets: Sequence[FacetDefinition], tags: Iterable[TagDefinition]) -> list[Label]:
    """The labels in a file; of two for one study the later stands.

    Raises:
        ConfigError: the file cannot be read, or a line of it is no label; the text names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    known = {(tag.facet, tag.tag) for tag in tags}
    labels = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            label = _label(line, f"{path}:{number}")
            if fault := next(_faults(label, facets, known), None):
                raise ConfigError(f"{path}:{number}: {fault}")
            labels[label.pmid] = label
    if not labels:
        raise ConfigError(f"{path}: holds no labels")
    return list(labels.values())


def _label(line: str, where: str) -> Label:
    try:
        said = json.loads(line)
        return Label(Pmid(int(said["pmid"])), said)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{where}: not JSON: {error}") from None
    except (TypeError, KeyError, ValueError):
        raise ConfigError(f"{where}: a label is a JSON object with a pmid") from None


def _faults(label: Label, facets: Iterable[FacetDefinition], known: set[tuple[str, str]]) -> Iterator[str]:
    for facet in facets:
        value = label.said.get(facet.facet)
        if not isinstance(value, _VALUES[facet.kind]) or isinstance(value, bool):
            yield f"{facet.facet}: {_WANTED[facet.kind]} is wanted"
        elif facet.kind != "number" and value is not None:
            yield from (
                f"{facet.facet}: the taxonomy has no tag {tag!r}"
                for tag in sorted(map(str, label.tags(facet.facet)))
                if (facet.facet, tag) not in known
            )


_VALUES: Mapping[str, tuple[type, ...]] = {
    "list": (list, type(None)),
    "single": (str, type(None)),
    "number": (int, float, type(None)),
}
_WANTED = {"list": "a list of tags", "single": "one tag or null", "number": "a number or null"}


def measured(pairs: Iterable[tuple[Label, Sequence[Tag]]], facets: Sequence[FacetDefinition]) -> list[Measure]:
    """How well the tags of some studies agree with their labels, facet by facet, each facet as a whole first."""
    counts: dict[tuple[str, str], Counter[Verdict]] = {}
    studies: Counter[str] = Counter()
    for label, tags in pairs:
        told = [facet for facet in facets if facet.facet in label.said]
        studies.update(facet.facet for facet in told)
        studies[FINDING] += FINDING in label.said
        for facet, tag, verdict in _items(label, tags, told):
            counts.setdefault((facet, ALL), Counter())[verdict] += 1
            if tag != ALL:
                counts.setdefault((facet, tag), Counter())[verdict] += 1
    order = {facet: place for place, facet in enumerate([*(f.facet for f in facets), FINDING])}
    ordered = sorted(counts, key=lambda key: (order[key[0]], key[1] != ALL, key[1]))
    return [_measure(facet, tag, studies[facet], counts[facet, tag]) for facet, tag in ordered]


def _items(label: Label, tags: Sequence[Tag], facets: Iterable[FacetDefinition]) -> Iterator[Item]:
    for facet in facets:
        given = {tag.tag for tag in tags if tag.facet == facet.facet}
        if facet.kind == "number":
            yield from _number_items(facet.facet, label.said[facet.facet], given)
        else:
            yield from _tag_items(facet.facet, label.tags(facet.facet), given - _open(label, facet.facet))
    if FINDING in label.said:
        yield from _finding_items(label.said[FINDING], tags)


def _open(label: Label, facet: str) -> set[str]:
    return set(label.said.get(f"{facet}_open") or ())


def _tag_items(facet: str, read: set[str], given: set[str]) -> Iterator[Item]:
    yield from ((facet, tag, "hit") for tag in read & given)
    yield from ((facet, tag, "false alarm") for tag in given - read)
    yield from ((facet, tag, "miss") for tag in read - given)


def _number_items(facet: str, read: float | None, given: set[str]) -> Iterator[Item]:
    close = read is not None and any(abs(read - float(tag)) <= TOLERANCE.get(facet, 0) * read for tag in given)
    if close:
        yield facet, ALL, "hit"
        return
    if given:
        yield facet, ALL, "false alarm"
    if read is not None:
        yield facet, ALL, "miss"


def _finding_items(read: Mapping[str, str], tags: Iterable[Tag]) -> Iterator[Item]:
    """Agreement on the findings that are told, of effects that reader and tagger both see."""
    for tag in tags:
        if tag.finding is None or tag.tag not in read:
            continue
        said, given = read[tag.tag], tag.finding
        if said == given != "unclear":
            yield FINDING, tag.tag, "hit"
        elif said != given:
            yield from ((FINDING, tag.tag, "false alarm") for _ in range(given != "unclear"))
            yield from ((FINDING, tag.tag, "miss") for _ in range(said != "unclear"))


def _measure(facet: str, tag: str, n: int, count: Mapping[Verdict, int]) -> Measure:
    hits, alarms, misses = count.get("hit", 0), count.get("false alarm", 0), count.get("miss", 0)
    low, high = f1_interval(hits, alarms + misses)
    return Measure(
        facet,
        tag,
        n,
        hits + misses,
        _ratio(hits, hits + alarms),
        _ratio(hits, hits + misses),
        _ratio(2 * hits, 2 * hits + alarms + misses),
        low,
        high,
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def f1_interval(hits: int, faults: int) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval of F1 from how often tagger and reader agree and differ on a tag.

    F1 is a function of hits / (hits + faults), which is a proportion (Hand, Christen and Kirielle, Machine Learning
    2021, "F*: an interpretable transformation of the F-measure"); its interval is Wilson's (JASA 1927), which holds
    for the few positives that a rare tag has.
    """
    n = hits + faults
    if not n:
        return None, None
    share, z2 = hits / n, CONFIDENCE**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = CONFIDENCE * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def table(measures: Iterable[Measure]) -> Iterator[str]:
    """The figures as lines of text, facet by facet."""
    facet = ""
    for one in measures:
        if one.facet != facet:
            facet, heading = one.facet, f"{one.facet}, {one.n:,} studies"
            yield f"{heading:40} {'readers':>8} {'precision':>10} {'recall':>8} {'F1':>6}  95 % interval"
        interval = f"{one.low:.2f} to {one.high:.2f}" if one.low is not None else ""
        figures = f"{_shown(one.precision):>10} {_shown(one.recall):>8} {_shown(one.f1):>6}"
        yield f"  {one.tag:38} {one.positives:8,} {figures}  {interval}"


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"
