"""``harvest load`` from beginning to end: parse, store, index and tag everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from harvest import home as homes
from tests.bench.material import grown_records, write
from tests.bench.measure import Figure, Options, spent
from tests.demo import program

RECORDS = 30_000
TIMES = 3
"""How many times as large the second file is, to see whether memory grows with it."""

RATE, MEMORY = 500, 400


def load(options: Options) -> Iterator[Figure | str]:
    """A file into a fresh home, in a process of its own; then a larger one into another."""
    count = options.records or RECORDS
    for records in (count, TIMES * count):
        with TemporaryDirectory() as name:
            home = Path(name) / "home"
            homes.make(home)
            file = write(Path(name) / "pubmed26n0001.xml.gz", grown_records(records, seed=records), compression=6)
            taken = spent([program("harvest"), "--home", str(home), "load", str(file)])
            detail = f"{taken.processor:.1f} s of a processor, {taken.elapsed:.1f} s elapsed"
            rate = records / taken.processor
            yield Figure(f"{records:,} records", rate, "records per CPU second", least=RATE, detail=detail)
            detail = f"the largest process {taken.largest:,.0f} MB; a file of {file.stat().st_size / 1e6:,.0f} MB"
            yield Figure(f"{records:,} records, peak memory", taken.memory, "MB", most=MEMORY, detail=detail)
