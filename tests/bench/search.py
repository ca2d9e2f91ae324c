"""A search for one word over 40,000 studies: the time of a processor for the first page of its results."""

from __future__ import annotations

import random
import re
import sqlite3
import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Figure, Options, fresh
from tests.db.large import make, times
from tests.db.site import Site

STUDIES = 40_000
WORDS = 50
"""Words of each band."""

MID = 0.001, 0.02
"""The shares of studies between which a word is of middle frequency."""

MID_LIMIT, COMMON_LIMIT = 30, 100


def search(options: Options) -> Iterator[Figure | str]:
    """Words of middle frequency and the commonest, each asked for once."""
    count = options.records or STUDIES
    with TemporaryDirectory() as name:
        home = make(Path(name) / "home", count)
        mid, common = bands(home / "ketamine.db")
        for what, words, limit in (("of middle frequency", mid, MID_LIMIT), ("the commonest", common, COMMON_LIMIT)):
            taken = fresh(asked, home, words)
            found = f"{len(words)} words, median {statistics.median(taken):.0f} ms, worst {max(taken):.0f} ms"
            p95 = statistics.quantiles(taken, n=20)[-1]
            yield Figure(f"{count:,} studies, words {what}, 95th percentile", p95, "ms", most=limit, detail=found)


def bands(database: Path) -> tuple[list[str], list[str]]:
    """Words that some or most studies have in title or abstract: a sample of the former, and the commonest."""
    held: Counter[str] = Counter()
    with closing(sqlite3.connect(database)) as conn:
        (count,) = conn.execute("SELECT count(*) FROM studies").fetchone()
        for (text,) in conn.execute("SELECT title || ' ' || abstract FROM studies"):
            held.update(set(re.findall(r"[a-z]{3,}", text.lower())))
    low, high = (share * count for share in MID)
    mid = sorted(word for word, studies in held.items() if low <= studies <= high)
    return random.Random(1).sample(mid, min(WORDS, len(mid))), [word for word, _ in held.most_common(WORDS)]


def asked(home: Path, words: list[str]) -> list[float]:
    """Milliseconds of a processor that each search took, once the site has begun to serve."""
    with Site(home) as site:
        site.page("/search")
        return [times(site, f"/search?q={word}", count=1)[0] for word in words]
