"""``python -m tests.bench``: measure the rows asked for, all by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from tests.bench.backfill import backfill
from tests.bench.growth import growth
from tests.bench.load import load
from tests.bench.measure import Figure, Options
from tests.bench.parse import parse
from tests.bench.search import search
from tests.bench.site import site
from tests.bench.store import store
from tests.bench.table import machine, merged
from tests.bench.tagging import tagging
from tests.bulk.speed import bulk

DOCUMENT = Path(".github/BENCHMARKS.md")

ROWS: dict[str, Callable[[Options], Iterator[Figure | str]]] = {
    "parse": parse,
    "tagging": tagging,
    "store": store,
    "load": load,
    "backfill": backfill,
    "bulk": bulk,
    "search": search,
    "site": site,
    "growth": growth,
}


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(list(ROWS)))
@click.option("--records", type=click.IntRange(1), help="How many records to measure on; else each row's own number.")
@click.option(
    "--real",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="HARVEST_REAL",
    help="A folder of real PubMed XML, to be measured on as well.",
)
@click.option("--large", is_flag=True, help="Measure 400,000 studies too.")
@click.option("--write", is_flag=True, help=f"Put the figures into {DOCUMENT}.")
def main(rows: tuple[str, ...], records: int | None, real: Path | None, large: bool, write: bool) -> None:
    """Measure how quick the program is."""
    click.echo(machine())
    for name in rows or ROWS:
        click.echo(name)
        found = []
        for one in ROWS[name](Options(records, real, large)):
            found.append(one)
            click.echo(f"  {_line(one)}")
        if write:
            day = datetime.now(UTC).date().isoformat()
            DOCUMENT.write_text(merged(DOCUMENT.read_text("utf-8"), {name: found}, day, list(ROWS)), "utf-8")


def _line(one: Figure | str) -> str:
    if isinstance(one, str):
        return one
    target = f"; {one.target}, {one.verdict.strip('*')}" if one.target else ""
    detail = f" ({one.detail})" if one.detail else ""
    return f"{one.what}: {one.said}{detail}{target}"


if __name__ == "__main__":
    main()
