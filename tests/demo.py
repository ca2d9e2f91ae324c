"""The sample home: invented studies, harvested over real HTTP from the local PubMed, then served.

python -m tests.demo FOLDER [--port N | --only-make] makes the home anew each time: there is nothing in it to keep.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import click

from harvest import home as homes
from harvest.assembly import today
from tests.pubmed import Corpus, serve
from tests.pubmed.grow import moved
from tests.pubmed.server import SAMPLE

EARLIEST = "1900-01-01"


def program(name: str) -> str:
    """A command of the environment that this runs in."""
    return str(Path(sys.executable).with_name(name))


def make_sample_home(folder: Path, newest: date | None = None) -> None:
    """Harvest the sample corpus into a fresh home, its dates moved so that the newest study came on a certain day."""
    shutil.rmtree(folder, ignore_errors=True)
    homes.make(folder)
    corpus = Corpus.read([SAMPLE])
    if newest:
        corpus = Corpus(moved(corpus.records(), newest))
    with serve(corpus, rate=None) as pubmed:
        feed = pubmed.feed_url("all[sb]", limit=100)
        with (folder / "ketamine.toml").open("a") as recipe:
            recipe.write(f'\n[[feeds]]\nname = "newest"\nurl = "{feed}"\n')
        command = [program("harvest"), "--home", str(folder), "run", "--since", EARLIEST]
        subprocess.run(command, check=True, env=os.environ | {"HARVEST_EUTILS": pubmed.eutils})


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", default=8001, show_default=True)
@click.option("--only-make", is_flag=True, help="Do not serve it.")
def main(folder: Path, port: int, only_make: bool) -> None:
    """Make the sample home in FOLDER, as if its newest study had come the day before yesterday, and serve it."""
    make_sample_home(folder, newest=today() - timedelta(days=2))
    if only_make:
        return
    click.echo(f"sample data, invented records: http://127.0.0.1:{port}/ serves {folder}")
    os.execv(program("datasette"), ["datasette", str(folder), "--port", str(port)])


if __name__ == "__main__":
    main()
