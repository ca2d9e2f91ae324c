"""A site changes from one snapshot to the next while many read it, and nobody notices."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from subprocess import CompletedProcess
from threading import Event, Thread

import httpx
import pytest
from click.testing import CliRunner

from harvest import home as homes
from harvest.cli import main as harvest
from harvest.publish.snapshot import SUMS
from tests.browser.conftest import needs
from tests.front import configure
from tests.pubmed.invented import article_set
from tests.tracker import FIRST, studies

pytestmark = pytest.mark.slow

VISITORS = Path("tests/data/visitors.lua")
TOTAL = "/search.json"
PAGES = ("/", "/matrix", f"/study/{FIRST}", TOTAL)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two of one home and day: the first with 3 studies, the second with 4."""
    folder = tmp_path_factory.mktemp("snapshots")
    homes.make(folder / "home")
    return snapshot(folder, 3), snapshot(folder, 4)


def snapshot(folder: Path, number: int, *options: str) -> Path:
    """A snapshot of a home that has so many studies by then."""
    file = folder / "studies.xml"
    file.write_bytes(article_set(*studies(number)))
    dest = folder / f"of-{number}"
    for verb in (["load", file], ["export", dest, *(options or ["--public"])]):
        told = CliRunner().invoke(harvest, ["--home", str(folder / "home"), *map(str, verb)])
        assert told.exit_code == 0, told.output
    (made,) = dest.iterdir()
    return made


@dataclass(frozen=True, slots=True)
class Served:
    """A site, the home whose configuration it uses, and its address."""

    folder: Path
    home: Path
    address: str

    def deploy(self, snapshot: Path) -> CompletedProcess[str]:
        """Call the command that an operator calls."""
        return self._call("deploy", self.folder, snapshot, "--home", self.home)

    def stop(self) -> CompletedProcess[str]:
        """End what serves the site."""
        return self._call("stop", self.folder)

    def _call(self, *arguments: object) -> CompletedProcess[str]:
        command = [sys.executable, "-m", "harvest.serving", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def total(self) -> int:
        """How many studies the site shows."""
        total: int = httpx.get(self.address + TOTAL).raise_for_status().json()["total"]
        return total

    def releases(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*-*") if path.is_dir())

    def process(self) -> int:
        """The Datasette in front."""
        return int((self.folder / "front" / "pid").read_text())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """A site that serves nothing yet, and at the end nothing any more."""
    needs("nginx", "nginx")
    served = Served(tmp_path / "site", tmp_path / "home", configure(tmp_path / "home"))
    yield served
    assert served.stop().returncode == 0
    with pytest.raises(httpx.ConnectError):
        served.total()


@dataclass(slots=True)
class Readers:
    """Visitors who read on and on, each over one connection; what they saw, and what failed."""

    address: str
    totals: list[list[int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    done: Event = field(default_factory=Event)

    def read(self) -> None:
        """Read until it is done: pages that others read too, and some that nobody has read."""
        seen: list[int] = []
        self.totals.append(seen)
        with httpx.Client(base_url=self.address, timeout=30) as client:
            for turn in count():
                if self.done.is_set():
                    return
                page = (*PAGES, f"/search?q=word{id(seen)}x{turn}")[turn % 5]
                try:
                    answer = client.get(page, headers={"X-Forwarded-For": f"10.1.{turn // 200 % 250}.{turn % 200}"})
                    answer.raise_for_status()
                except httpx.HTTPError as error:
                    self.failures.append(f"{page}: {error!r}")
                    continue
                if page == TOTAL:
                    seen.append(answer.json()["total"])


@contextmanager
def read_by_many(address: str) -> Iterator[Readers]:
    """Have several readers, and wrk with many more, read as long as the block; none of wrk's requests fails."""
    readers = Readers(address)
    threads = [Thread(target=readers.read) for _ in range(4)]
    # it gives up a request that takes longer than so many seconds; a busy machine is no failure of the site
    options = ["-t2", "-c16", "-d300s", "--timeout", "60s", "-s", str(VISITORS)]
    command = [needs("wrk", "wrk"), *options, address, "--", "10", *PAGES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as wrk:
        try:
            for thread in threads:
                thread.start()
            yield readers
        finally:
            readers.done.set()
            wrk.send_signal(signal.SIGINT)
            told, _ = wrk.communicate()
            for thread in threads:
                thread.join()
    assert "Socket errors" not in told, told
    assert "Non-2xx" not in told, told
    requests = re.search(r"(\d+) requests in", told)
    assert requests, told
    assert int(requests[1]) > 1000


def test_nobody_notices_a_change(site: Served, snapshots: tuple[Path, Path]) -> None:
    """No request fails; each shows one snapshot or the other, never the former one again, and then only the new one."""
    first, second = snapshots
    assert site.deploy(first).returncode == 0
    former = site.process()
    with read_by_many(site.address) as readers:
        wait_until(lambda: all(readers.totals) and len(readers.totals) == 4)
        changed = site.deploy(second)
        assert (changed.returncode, site.total()) == (0, 4)
        wait_until(lambda: all(seen[-1] == 4 for seen in readers.totals))
    assert readers.failures == []
    for seen in readers.totals:
        assert set(seen) == {3, 4}
        assert seen == sorted(seen)
    assert not is_alive(former)
    assert site.releases() == [(site.folder / "front").resolve().name]


def test_what_is_served_already_is_left_alone(site: Served, snapshots: tuple[Path, Path]) -> None:
    """So that it can be called by the clock."""
    site.deploy(snapshots[0])
    process = site.process()
    again = site.deploy(snapshots[0])
    assert (again.returncode, again.stdout + again.stderr, site.process()) == (0, "", process)


def test_the_snapshot_may_go_when_it_is_served(site: Served, snapshots: tuple[Path, Path], tmp_path: Path) -> None:
    """The site has its own copy: one of the same day takes its place, and the next request is answered all the same."""
    snapshot = shutil.copytree(snapshots[0], tmp_path / "gone")
    site.deploy(snapshot)
    shutil.rmtree(snapshot)
    assert httpx.get(f"{site.address}/ketamine/studies.csv").status_code == 200


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (lambda folder: (folder / "NOTICE").unlink(), 2, "NOTICE: not as SHA256SUMS says"),
        (lambda folder: break_plugins(folder), 1, "Datasette does not answer"),
        (lambda folder: open_to_sql(folder), 2, "not for the public"),
        (lambda folder: (folder / SUMS).unlink(), 2, "no snapshot"),
    ],
    ids=["not whole", "does not start", "not for the public", "no snapshot"],
)
def test_what_cannot_be_served_changes_nothing(
    site: Served,
    snapshots: tuple[Path, Path],
    tmp_path: Path,
    spoil: Callable[[Path], None],
    code: int,
    said: str,
) -> None:
    """The former snapshot stays in front; one line says why."""
    assert site.deploy(snapshots[0]).returncode == 0
    process, releases = site.process(), site.releases()
    spoiled = shutil.copytree(snapshots[1], tmp_path / "spoiled")
    spoil(spoiled)
    told = site.deploy(spoiled)
    assert told.returncode == code
    assert said in told.stderr
    assert told.stderr.count("\n") == 1
    assert (site.process(), site.releases(), site.total()) == (process, releases, 3)


def test_a_datasette_that_died_is_begun_again(site: Served, snapshots: tuple[Path, Path]) -> None:
    """By the same command; until then what was read before is still shown."""
    site.deploy(snapshots[0])
    assert site.total() == 3
    os.kill(site.process(), signal.SIGKILL)
    wait_until(lambda: not is_alive(site.process()))
    assert site.total() == 3
    assert httpx.get(f"{site.address}/search?q=new").status_code == 502
    assert site.deploy(snapshots[0]).returncode == 0
    assert httpx.get(f"{site.address}/search?q=new").status_code == 200
    assert len(site.releases()) == 1


def test_a_site_that_was_stopped_is_served_again(site: Served, snapshots: tuple[Path, Path]) -> None:
    """As after a restart of the machine, when the numbers of the processes are those of others."""
    site.deploy(snapshots[0])
    site.stop()
    for file in (site.folder / "nginx.pid", site.folder / "front" / "pid"):
        file.write_text(f"{os.getpid()}\n")
    assert site.deploy(snapshots[0]).returncode == 0
    assert site.total() == 3


def test_the_configuration_belongs_to_a_home_and_is_not_published(tmp_path: Path, snapshots: tuple[Path, Path]) -> None:
    """A fresh home has it to change; a snapshot has not."""
    homes.make(tmp_path / "home")
    assert {path.name for path in (tmp_path / "home" / "serving").iterdir()} == {"litestream.yml", "nginx.conf"}
    assert not list(snapshots[0].rglob("nginx.conf"))


def break_plugins(folder: Path) -> None:
    (folder / "plugins" / "about.py").write_text("raise RuntimeError")
    sums = (folder / SUMS).read_text().splitlines(keepends=True)
    (folder / SUMS).write_text("".join(line for line in sums if not line.endswith("/about.py\n")))


def open_to_sql(folder: Path) -> None:
    settings = json.loads((folder / "settings.json").read_text())
    (folder / "settings.json").write_text(json.dumps(settings | {"default_allow_sql": True}))


def is_alive(process: int) -> bool:
    """Whether a process still runs; one that has ended and was not asked how does not."""
    status = Path(f"/proc/{process}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
