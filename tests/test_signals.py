"""What happens to a run from outside: it is interrupted, watched on a terminal, kept from its database."""

from __future__ import annotations

import os
import pty
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harvest import home as homes
from harvest.cli import main
from tests.demo import program
from tests.dumps import faults_of
from tests.large import EARLIEST
from tests.pubmed import LocalPubMed, serve
from tests.pubmed.answer import Answer
from tests.pubmed.faults import KINDS, Call
from tests.tracker import studies

pytestmark = pytest.mark.slow

STUDIES = 250
"""Two batches: one of 200, one of 50."""

PATIENCE = 30
"""Seconds within which a program on a busy machine has got somewhere."""

INTERRUPTED = "harvest: interrupted; what was stored is kept, and the next run goes on from there\n"

RUN = ("run", "--since", EARLIEST)


@pytest.fixture
def pubmed(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalPubMed]:
    """A local PubMed without a rate limit."""
    with serve(studies(STUDIES), rate=None) as running:
        monkeypatch.setenv("HARVEST_EUTILS", running.eutils)
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home."""
    homes.make(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """Programs heed Ctrl-C even where a shell has these tests run in the background, which they would inherit."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_for(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


def asked(pubmed: LocalPubMed, endpoint: str) -> int:
    """How many requests of a kind have arrived."""
    return sum(request.endpoint == endpoint for request in pubmed.requests)


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{home / 'ketamine.db'}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def stored(home: Path) -> object:
    return rows(home, "SELECT count(*) FROM studies")[0][0]


def harvest(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments])


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process nobody waits long for a lock, nor for the next free moment."""
    monkeypatch.setattr("harvest.store.connection.BUSY_SECONDS", 0.05)
    monkeypatch.setattr("harvest.http.Pacer.wait", lambda _: None)


def complete(home: Path) -> None:
    """The next run finds the lock free, ends in silence and leaves nothing out."""
    result = harvest(home, *RUN)
    assert (result.exit_code, result.output) == (0, "")
    assert stored(home) == STUDIES
    assert rows(home, "SELECT count(*) FROM sightings WHERE state <> 'stored'") == [(0,)]
    assert rows(home, "SELECT status FROM runs ORDER BY id") == [("interrupted",), ("ok",)]
    assert faults_of(home / "ketamine.db") == []


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    ("number", "fault", "requests", "kept"),
    [
        pytest.param(signal.SIGTERM, "efetch:2:timeout", 2, {50, 200}, id="term-between-batches"),
        pytest.param(signal.SIGINT, "efetch:2:timeout", 2, {50, 200}, id="int-between-batches"),
        pytest.param(signal.SIGTERM, "esearch:2:timeout", 2, {0}, id="term-in-a-search-that-stalls"),
        pytest.param(signal.SIGINT, "efetch:*:timeout-body", 1, {0}, id="int-in-an-answer-that-stalls"),
        pytest.param(signal.SIGTERM, "esearch:*:503", 2, {0}, id="term-before-another-try"),
        pytest.param(signal.SIGINT, "efetch:*:503", 3, {0}, id="int-before-another-try"),
    ],
)
def test_a_signal_ends_a_run_within_three_seconds_and_the_next_one_completes_it(
    pubmed: LocalPubMed, home: Path, number: signal.Signals, fault: str, requests: int, kept: set[int]
) -> None:
    """One line, exit code 1, the run marked as interrupted, the lock released, and what was stored kept."""
    pubmed.faults.add(fault)
    command = [program("harvest"), "--home", str(home), *RUN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: asked(pubmed, fault.split(":")[0]) >= requests and stored(home) in kept)
        process.send_signal(number)
        try:
            said = process.communicate(timeout=3)
        finally:
            process.kill()
    assert (process.returncode, *said) == (1, "", INTERRUPTED)
    assert rows(home, "SELECT status, finished IS NULL FROM runs") == [("interrupted", 0)]
    assert stored(home) in kept
    assert faults_of(home / "ketamine.db") == []
    pubmed.faults.clear()
    complete(home)


def seen_on_a_terminal(command: list[str]) -> str:
    """What a program shows on stderr when that is a terminal."""
    screen, end = pty.openpty()
    with subprocess.Popen(command, stderr=end, env=os.environ | {"TERM": "xterm", "COLUMNS": "120"}) as process:
        os.close(end)
        shown = b""
        try:
            while piece := os.read(screen, 4096):
                shown += piece
        except OSError:  # how Linux tells that nobody writes to the terminal any more
            pass
        finally:
            os.close(screen)
    assert process.returncode == 0
    return shown.decode()


def test_a_terminal_shows_how_far_a_run_is_and_what_it_did(pubmed: LocalPubMed, home: Path) -> None:
    """A bar for what is fetched, and a summary; the second run has nothing new."""
    command = [program("harvest"), "--home", str(home), "run"]
    shown = seen_on_a_terminal([*command, "--since", EARLIEST])
    assert "fetching" in shown
    assert f"{STUDIES}/{STUDIES}" in shown
    assert f"{STUDIES} new" in shown.splitlines()[-1]


@pytest.fixture
def other(home: Path) -> Iterator[sqlite3.Connection]:
    """Another program that writes to the database, and nobody who waits long for it."""
    harvest(home, "tag")
    with closing(sqlite3.connect(home / "ketamine.db", isolation_level=None, check_same_thread=False)) as opened:
        yield opened


def assert_locked(home: Path, result: Result) -> None:
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert line.startswith(f"harvest: {home / 'ketamine.db'}: database is locked; ")
    assert "try again later" in line


@pytest.mark.usefixtures("_impatient")
def test_a_database_that_another_program_writes_to_ends_a_run_in_a_line(
    pubmed: LocalPubMed, home: Path, other: sqlite3.Connection
) -> None:
    """Exit code 1 before anything is asked of PubMed; the next run is whole."""
    other.execute("BEGIN IMMEDIATE")
    assert_locked(home, harvest(home, *RUN))
    assert pubmed.requests == []
    other.execute("ROLLBACK")
    assert harvest(home, *RUN).exit_code == 0
    assert stored(home) == STUDIES


@pytest.mark.usefixtures("_impatient")
def test_a_database_that_is_locked_while_batches_come_keeps_what_it_has(
    pubmed: LocalPubMed, home: Path, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends in a line; what it was about to store waits for the next one."""

    def lock(answer: Answer, call: Call) -> Answer:
        other.execute("BEGIN IMMEDIATE")
        return answer

    monkeypatch.setitem(KINDS, "lock", lock)
    pubmed.faults.add("efetch:1:lock")
    assert_locked(home, harvest(home, *RUN))
    kept = stored(home)
    assert kept in {0, 50, 200}
    assert rows(home, "SELECT count(*) FROM sightings WHERE state = 'pending'") == [(STUDIES - int(str(kept)),)]
    other.execute("ROLLBACK")
    complete(home)
