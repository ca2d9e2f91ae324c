"""``python -m tests.pubmed``: serve a local PubMed until it is told to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from tests.pubmed.corpus import Corpus
from tests.pubmed.faults import parse_fault
from tests.pubmed.grow import grow
from tests.pubmed.server import SAMPLE, serve


def _checked_faults(context: click.Context, option: click.Parameter, specs: tuple[str, ...]) -> tuple[str, ...]:
    for spec in specs:
        try:
            parse_fault(spec)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return specs


def _read(paths: Sequence[Path], grown: int, seed: int) -> Corpus:
    try:
        corpus = Corpus.read(paths)
        newest = date.fromisoformat(corpus.latest("crdt") or date.today().isoformat())
        corpus.extend(grow(corpus.records(), grown, seed=seed, newest=newest))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    return corpus


@click.command()
@click.option(
    "--corpus",
    "paths",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="File or folder of PubmedArticleSets.",
)
@click.argument("more", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--port", default=0, show_default=True, help="Port on 127.0.0.1; 0 is any free one.")
@click.option("--grow", "grown", default=0, metavar="K", help="Add K records made from the corpus, with varying text.")
@click.option("--seed", default=1, show_default=True, help="What --grow varies by.")
@click.option("--cap", default=9999, show_default=True, help="How many records of a search can be listed.")
@click.option("--rate", default=3, show_default=True, help="Requests a second without an API key; 0 is no limit.")
@click.option("--rate-with-key", default=10, show_default=True, help="Requests a second with an API key.")
@click.option("--latency", default=0.0, metavar="SECONDS", help="Pause before every answer.")
@click.option("--etag", is_flag=True, help="Send ETag and Last-Modified with feeds, and answer 304.")
@click.option("--api-key", "keys", multiple=True, help="An API key that is valid (any is, unless one is named).")
@click.option("--feed", "feeds", multiple=True, metavar="NAME=TERM", help="Save a search as a feed.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SPEC",
    callback=_checked_faults,
    help="Spoil answers, for instance esearch:2:html.",
)
def main(
    paths: tuple[Path, ...],
    more: tuple[Path, ...],
    port: int,
    grown: int,
    seed: int,
    cap: int,
    rate: int,
    rate_with_key: int,
    latency: float,
    etag: bool,
    keys: tuple[str, ...],
    feeds: tuple[str, ...],
    faults: tuple[str, ...],
) -> None:
    """Serve a local PubMed over PubmedArticleSet files (the sample corpus by default)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with serve(
        _read((*paths, *more) or (SAMPLE,), grown, seed),
        port=port,
        cap=cap,
        rate=rate or None,
        rate_with_key=rate_with_key,
        latency=latency,
        etag=etag,
        keys=keys or None,
        faults=faults,
    ) as pubmed:
        pubmed.add_feed("all", "all[sb]")
        for feed in feeds:
            name, _, term = feed.partition("=")
            pubmed.add_feed(name, term or name)
        click.echo(pubmed.url)
        for line in pubmed.feed_lines():
            click.echo(line)
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
