"""Readers see whole batches while a harvest writes, and harvests side by side keep one rate limit."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from harvest import home as homes
from harvest.pubmed import BATCH
from tests.demo import program as installed
from tests.dumps import faults_of
from tests.large import EARLIEST, HALVES, fresh_home, large_pubmed, program
from tests.pubmed import serve
from tests.pubmed.rate import most_in_a_second

READERS = 10
RATE = 3

QUESTIONS = (
    *HALVES,
    "SELECT count(*) AS n FROM studies WHERE pmid IN (SELECT pmid FROM sightings WHERE state = 'pending')",
)
"""What is 0 at every moment of a first harvest, in which nothing is asked for twice."""


class Reader(threading.Thread):
    """Asks Datasette until told to stop; keeps how many studies it saw, and every answer that should not be."""

    def __init__(self, address: str, stop: threading.Event) -> None:
        super().__init__()
        self._address = address
        self._told_to_stop = stop
        self.counts: set[int] = set()
        self.wrong: list[str] = []

    def run(self) -> None:
        """Ask in turn for what half a batch would show, for the number of studies, and for a page of them."""
        with requests.Session() as session:
            while not self._told_to_stop.is_set():
                self.wrong += [sql for sql in QUESTIONS if self._number(session, sql) != 0]
                self.counts.add(self._number(session, "SELECT count(*) AS n FROM studies"))
                self._get(session, "ketamine/studies?_size=5")

    def _number(self, session: requests.Session, sql: str) -> int:
        return int(self._get(session, f"ketamine.json?{urlencode({'sql': sql, '_shape': 'arrayfirst'})}").json()[0])

    def _get(self, session: requests.Session, page: str) -> requests.Response:
        answer = session.get(self._address + page, timeout=60)
        if answer.status_code != 200:
            self.wrong.append(f"{answer.status_code} {page}: {answer.text[:500]}")
        return answer


@contextmanager
def datasette(home: Path) -> Iterator[str]:
    """``datasette HOME`` on a free port: its address."""
    command = [installed("datasette"), str(home), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr
        try:
            yield (
                next(found[1] for line in process.stderr if (found := re.search(r"running on (http://\S+)", line)))
                + "/"
            )
        finally:
            process.terminate()


@contextmanager
def readers(address: str) -> Iterator[list[Reader]]:
    """Ten readers at once; each asks its last questions after the block."""
    stop = threading.Event()
    started = [Reader(address, stop) for _ in range(READERS)]
    for reader in started:
        reader.start()
    try:
        yield started
    finally:
        stop.set()
        for reader in started:
            reader.join()


@pytest.mark.slow
def test_ten_readers_see_only_whole_batches_while_a_harvest_writes(tmp_path: Path) -> None:
    """No error on either side; at every moment the studies are those of some batches, complete with all they have."""
    with large_pubmed(2_000) as pubmed:
        home = fresh_home(tmp_path / "home", pubmed)
        subprocess.run(program(pubmed, "tests.unpaced", "--home", home, "tag"), check=True)
        with datasette(home) as address, readers(address) as reading:
            command = program(pubmed, "tests.unpaced", "--home", home, "run", "--since", EARLIEST)
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert [reader.wrong for reader in reading] == [[]] * READERS
    with closing(sqlite3.connect(home / "ketamine.db")) as database:
        (total,) = database.execute("SELECT count(*) FROM studies").fetchone()
    seen = set[int]().union(*(reader.counts for reader in reading))
    assert {count % BATCH for count in seen} <= {0, total % BATCH}
    assert len(seen) > 3
    assert faults_of(home / "ketamine.db") == []


@pytest.mark.slow
def test_harvests_of_different_homes_share_one_rate_limit(tmp_path: Path) -> None:
    """Together they never send more than three requests in any second, and both end well."""
    with serve(rate=RATE) as pubmed:
        folders = [tmp_path / "one", tmp_path / "two"]
        for folder in folders:
            homes.make(folder)
            recipe = folder / "ketamine.toml"
            recipe.write_text(recipe.read_text().replace("cap = 9999", "cap = 40"))
        environment = os.environ | {"HARVEST_EUTILS": pubmed.eutils}
        commands = [[installed("harvest"), "--home", str(folder), "run", "--since", EARLIEST] for folder in folders]
        running = [subprocess.Popen(command, env=environment) for command in commands]
        assert [process.wait() for process in running] == [0, 0]
        times = sorted(request.time for request in pubmed.requests)
    assert len(times) > 20
    assert most_in_a_second(times) <= RATE
