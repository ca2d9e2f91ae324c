"""Measures speed on generated records: ``make bench``.

Each row can be run alone: ``python -m tests.bench tagging``. Records to tag are grown from the sample corpus with
varying text, so that no two are alike and nothing can be remembered from one to the next; those that the site serves
are invented.
"""

from __future__ import annotations

import argparse
import gc
import platform
import resource
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from harvest import medline
from harvest.assembly import tagger_of
from harvest.cli import ALLOCATIONS
from harvest.config import load
from harvest.model import Study
from tests.bulk.speed import bulk
from tests.db.large import LIMITS, make, times
from tests.db.site import Site
from tests.pubmed.corpus import corpus_files, read_bytes, split_records
from tests.pubmed.grow import grow

CORPUS = Path("tests/pubmed/corpus")
RECORDS = 30_000
AT_ONCE = 500
SERVED = (40_000, 400_000)
NEWEST = date(2026, 11, 21)


def grown(count: int, seed: int) -> Iterator[list[Study]]:
    """Different records with varying text, some hundred at a time."""
    records = [record for path in corpus_files([CORPUS]) for record in split_records(read_bytes(path))]
    growing = grow(records, count, seed=seed, newest=NEWEST)
    while batch := list(islice(growing, AT_ONCE)):
        read = medline.read_set(b"".join([b"<PubmedArticleSet>", *batch, b"</PubmedArticleSet>"]))
        yield [study for study in read if isinstance(study, Study)]


def tagging(count: int) -> None:
    """Every facet, on one core; reading the records is not counted."""
    gc.set_threshold(ALLOCATIONS)
    started = time.perf_counter()
    tagger = tagger_of(load(Path("db"), {}))
    print(f"  the tagger is built in {time.perf_counter() - started:.1f} s")
    rates, characters, tags = [], 0, 0
    for studies in grown(count, seed=1):
        started = time.process_time()
        tags += sum(len(tagger.tag(study)) for study in studies)
        rates.append(len(studies) / (time.process_time() - started))
        characters += sum(len(section.text) for study in studies for section in study.sections)
    print(f"  {count:,} records of {characters / count:,.0f} characters on average, {tags / count:.1f} tags each")
    print(f"  {statistics.median(rates):,.0f} records a second (median of {len(rates)} batches of {AT_ONCE})")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def site(_: int) -> None:
    """Pages over many studies, by the time of one core."""
    for count in SERVED:
        with TemporaryDirectory() as folder, Site(make(Path(folder) / "home", count)) as opened:
            started = time.process_time()
            opened.page("/search")
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"  {count:,} studies: read in {time.process_time() - started:.1f} s, peak memory {memory:,.0f} MB")
            for address in LIMITS:
                taken = times(opened, address)
                print(f"  {statistics.median(taken):6.0f} ms, at first {taken[0]:.0f} ms: {address}")


ROWS: dict[str, Callable[[int], None]] = {"tagging": tagging, "site": site, "bulk": bulk}


def main() -> None:
    """Run the rows asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], default=[], help=f"which: {', '.join(ROWS)}")
    parser.add_argument("--records", type=int, default=RECORDS, help="how many records to tag (default %(default)s)")
    options = parser.parse_args()
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, lxml {version('lxml')}"
    print(f"{versions}, {platform.machine()}")
    for row in options.rows or ROWS:
        print(row)
        ROWS[row](options.records)


if __name__ == "__main__":
    main()
