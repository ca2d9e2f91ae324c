"""The live database is replicated while a harvest writes, and comes back as it was."""

from __future__ import annotations

import os
import shlex
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from harvest.cli import main
from harvest.home import SHIPPED
from harvest.publish.rights import REPLICATED
from tests.demo import program as beside
from tests.dumps import differences, logical_dump
from tests.large import EARLIEST, assert_sound, fresh_home, large_pubmed, program
from tests.pubmed import LocalPubMed

pytestmark = pytest.mark.slow

STUDIES = 1_500
CONFIG = str(SHIPPED / "serving" / "litestream.yml")


@pytest.fixture(scope="module")
def pubmed() -> Iterator[LocalPubMed]:
    """A local PubMed that takes a while to harvest."""
    with large_pubmed(STUDIES) as running:
        yield running


class Replica:
    """The replica of a home, and what it brings back."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.database = home / "ketamine.db"
        self._restored = folder / "restored.db"
        self._around = os.environ | {"HARVEST_HOME": str(home), "HARVEST_REPLICA": f"file://{folder}/replica"}

    def call(self, verb: str, *options: object) -> subprocess.CompletedProcess[str]:
        """What Litestream says to an order."""
        return subprocess.run(
            self._command(verb, *options), env=self._around, capture_output=True, text=True, check=False
        )

    @contextmanager
    def followed(self) -> Iterator[subprocess.Popen[bytes]]:
        """Replicate as long as the block."""
        with subprocess.Popen(self._command("replicate"), env=self._around) as running:
            try:
                yield running
            finally:
                running.terminate()

    def _command(self, verb: str, *options: object) -> list[str]:
        return [beside("litestream"), verb, "-config", CONFIG, *map(str, options)]

    def _restore(self) -> int:
        """Bring back what there is at this moment, whole; the revision of that, 0 where there is nothing yet."""
        told = self.call("restore", "-force", "-integrity-check", "full", "-o", self._restored, self.database)
        return revision(self._restored) if told.returncode == 0 else 0

    def assert_equal(self) -> None:
        """Once Litestream has caught up, which takes it a second or so, what comes back is the live database."""
        wait_until(lambda: self._restore() == revision(self.database))
        assert_sound(self._restored)
        live, restored = without_its_own(self.database), without_its_own(self._restored)
        assert {table: len(rows) for table, rows in restored.items()} == {
            table: len(rows) for table, rows in live.items()
        }
        assert differences(live, restored) == []


@pytest.fixture
def replica(pubmed: LocalPubMed, tmp_path: Path) -> Replica:
    """Of a fresh home."""
    return Replica(fresh_home(tmp_path / "home", pubmed), tmp_path)


def without_its_own(path: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows for table, rows in logical_dump(path).items() if table not in REPLICATED}


def revision(path: Path) -> int:
    """How many transactions have changed a database, which need not be there yet."""
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as opened:
        if not opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
            return 0
        row = opened.execute("SELECT value FROM about WHERE key = 'revision'").fetchone()
        return int(row[0]) if row else 0


def harvest(pubmed: LocalPubMed, home: Path) -> list[str]:
    return program(pubmed, "tests.unpaced", "--home", home, "run", "--since", EARLIEST)


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def has_gone_on(path: Path, former: int) -> bool:
    return revision(path) > former


@contextmanager
def held_still(writer: subprocess.Popen[bytes], database: Path) -> Iterator[None]:
    """Have a harvest do nothing as long as the block, between two transactions."""
    wait_until(lambda: stopped_between(writer, database))
    try:
        yield
    finally:
        writer.send_signal(signal.SIGCONT)


def stopped_between(writer: subprocess.Popen[bytes], database: Path) -> bool:
    """Stop a harvest, but not while it holds the lock of the database."""
    assert writer.poll() is None, "it has ended"
    writer.send_signal(signal.SIGSTOP)
    time.sleep(0.1)
    with closing(sqlite3.connect(database, timeout=0)) as opened:
        try:
            opened.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            writer.send_signal(signal.SIGCONT)
            return False
    return True


def test_what_comes_back_is_the_live_database(pubmed: LocalPubMed, replica: Replica) -> None:
    """In the midst of a harvest, which is held still to compare, and at its end; Litestream is killed twice."""
    with subprocess.Popen(harvest(pubmed, replica.database.parent)) as writer:
        wait_until(partial(has_gone_on, replica.database, 1))
        for _ in range(2):
            with replica.followed() as running, held_still(writer, replica.database):
                replica.assert_equal()
                running.kill()
            wait_until(partial(has_gone_on, replica.database, revision(replica.database)))
        with replica.followed():
            assert writer.wait() == 0
            replica.assert_equal()


def test_a_harvest_can_bring_litestream_along(pubmed: LocalPubMed, replica: Replica) -> None:
    """Both are silent, and end together; whatever was written without it is there after the next time."""
    home = replica.database.parent
    told = replica.call("replicate", "-exec", shlex.join(harvest(pubmed, home)))
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    replica.assert_equal()
    curated = ["curate", str(first(replica.database)), "design", "rct", "include", "--reason", "read"]
    assert CliRunner().invoke(main, ["--home", str(home), *curated]).exit_code == 0
    assert replica.call("replicate", "-once").returncode == 0
    replica.assert_equal()


def test_a_failed_harvest_is_told(replica: Replica) -> None:
    """As cron needs it."""
    assert replica.call("replicate", "-exec", "false").returncode == 1


def test_a_snapshot_tells_nothing_of_the_replica(pubmed: LocalPubMed, replica: Replica, tmp_path: Path) -> None:
    """Two of one state are equal, however often Litestream came by between them."""
    home = replica.database.parent
    subprocess.run(harvest(pubmed, home), check=True)
    made: list[Path] = []
    for turn in range(2):
        assert replica.call("replicate", "-once").returncode == 0
        dest = tmp_path / f"out{turn}"
        assert CliRunner().invoke(main, ["--home", str(home), "export", str(dest)]).exit_code == 0
        made += dest.glob("*/SHA256SUMS")
    assert made[0].read_bytes() == made[1].read_bytes()


def first(database: Path) -> int:
    with closing(sqlite3.connect(database)) as opened:
        pmid: int = opened.execute("SELECT min(pmid) FROM studies").fetchone()[0]
    return pmid
