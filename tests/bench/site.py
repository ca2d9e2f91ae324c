"""Pages over many studies, by the time of a processor."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Figure, Options, fresh, peak_memory, seconds
from tests.db.large import LIMITS, make, times
from tests.db.site import Site

STUDIES, MANY = 40_000, 400_000
WORSE = 4
"""How many times as long a page may take with ten times as many studies."""


def site(options: Options) -> Iterator[Figure | str]:
    """Every address of ``tests.db.large``, seven times."""
    count = options.records or STUDIES
    for studies, worse in ((count, 1), *(((MANY, WORSE),) if options.large else ())):
        with TemporaryDirectory() as name:
            begun, memory, pages = fresh(served, make(Path(name) / "home", studies))
        yield Figure(f"{studies:,} studies, read in", begun, "s", detail=f"peak memory {memory:,.0f} MB")
        for address, taken in pages.items():
            detail = f"median of {len(taken)}, at first {taken[0]:.0f} ms"
            limit = worse * LIMITS[address]
            yield Figure(f"{studies:,} studies, `{address}`", statistics.median(taken), "ms", most=limit, detail=detail)


def served(home: Path) -> tuple[float, float, dict[str, list[float]]]:
    """Seconds until the first page stands, MB at the most by then, and the milliseconds of each answer by address."""
    with Site(home) as opened:
        begun = seconds(lambda: opened.page("/search"))
        memory = peak_memory()
        return begun, memory, {address: times(opened, address) for address in LIMITS}
