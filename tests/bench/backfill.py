"""``harvest backfill`` of a whole history from a local PubMed that takes its time, tagging included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Figure, Options, spent
from tests.demo import program
from tests.large import fresh_home, large_pubmed
from tests.pubmed.rate import most_in_a_second

STUDIES = 32_000
RATE = 3
"""Requests a second that NCBI allows without a key."""

LATENCY = 1.5
OVER_THE_FLOOR = 1.25


def backfill(options: Options) -> Iterator[Figure | str]:
    """Against the time that the requests take by themselves at the rate that is allowed."""
    count = options.records or STUDIES
    with TemporaryDirectory() as name, large_pubmed(count, rate=RATE, latency=LATENCY) as pubmed:
        home = fresh_home(Path(name) / "home", pubmed)
        eutils = f"HARVEST_EUTILS={pubmed.eutils}"
        taken = spent(["env", eutils, program("harvest"), "--home", str(home), "backfill"])
        times = [request.time for request in pubmed.requests]
    floor = len(times) / RATE
    arithmetic = f"{len(times)} requests / {RATE} a second = {floor:.1f} s; {taken.elapsed:.1f} s elapsed"
    cpu = f"{taken.processor:.1f} s of a processor"
    what = f"{count:,} studies, against the rate floor"
    yield Figure(what, taken.elapsed / floor, "x", most=OVER_THE_FLOOR, detail=f"{arithmetic}, {cpu}")
    yield Figure("the most requests in any second", most_in_a_second(times), "", most=RATE)
