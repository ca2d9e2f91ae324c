"""Tagging alone: every facet, on one core; reading the records is not counted."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from harvest.assembly import tagger_of
from harvest.cli import ALLOCATIONS
from harvest.config import load
from tests.bench.material import grown
from tests.bench.measure import Figure, Options, fresh, peak_memory

RECORDS = 30_000


def tagging(options: Options) -> Iterator[Figure | str]:
    """Records that are all different, a batch at a time."""
    count = options.records or RECORDS
    built, rates, characters, tags, memory = fresh(tagged, count)
    detail = f"median of {len(rates)} batches; {characters:,.0f} characters and {tags:.1f} tags a record"
    yield Figure(f"{count:,} records", statistics.median(rates), "records a second", detail=detail)
    yield Figure("the tagger is built in", built, "s")
    yield Figure("peak memory", memory, "MB")


def tagged(count: int) -> tuple[float, list[float], float, float, float]:
    """Seconds to build the tagger, records a second of each batch, characters and tags of a record, MB at the most."""
    gc.set_threshold(ALLOCATIONS)
    started = time.process_time()
    tagger = tagger_of(load(Path("db"), {}))
    built = time.process_time() - started
    rates, characters, tags = [], 0, 0
    for studies in grown(count):
        started = time.process_time()
        tags += sum(len(tagger.tag(study)) for study in studies)
        rates.append(len(studies) / (time.process_time() - started))
        characters += sum(len(section.text) for study in studies for section in study.sections)
    return built, rates, characters / count, tags / count, peak_memory()
