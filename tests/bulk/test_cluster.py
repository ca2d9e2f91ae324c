"""The verb over processes, and over a real Dask cluster: its parts are processes, or machines, of their own."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from harvest import home as homes
from harvest.cli import main
from tests.bulk import machines
from tests.bulk.files import about, add_sum, citing, deletion, other, write
from tests.bulk.machines import HERE, Machine
from tests.dumps import Dump, differences, faults_of, logical_dump

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def files_of_a_year(folder: Path, count: int, each: int) -> list[Path]:
    """Baseline and update files, so that every rule has something to do."""
    random = Random(7)
    folder.mkdir()
    paths = []
    for number in range(1, count + 1):
        records = []
        for pmid in random.sample(range(971_000_000, 971_000_000 + count * each), each):
            words = " ".join(random.choice(("Mood", "Pain", "Sleep", "trial", "of", "rats")) for _ in range(200))
            if random.random() < 0.02:
                records.append(about(pmid, f"Esketamine {number}. {words}"))
            else:
                records.append(citing(other(pmid, words), "Ketamine elsewhere."))
        records.append(deletion(*(971_000_000 + random.randrange(count * each) for _ in range(5))))
        paths.append(write(folder, number, *records))
        add_sum(paths[-1])
    return paths


def program(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``harvest`` as a process of its own, on no terminal."""
    command = [sys.executable, "-m", "tests.bulk.program", "--home", str(home), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=300)


@contextmanager
def started(machine: Machine, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask on a machine, ended at the end."""
    process = subprocess.Popen(
        [*machine.prefix, sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster(
    folder: Path, workers: Sequence[Machine], scheduler: Machine = HERE
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers, each without a nanny that would start it anew."""
    port = free_port()
    address = f"tcp://{scheduler.address}:{port}"
    quiet = ("--no-dashboard", "--host")
    with ExitStack() as stack:
        ready = ("dask_scheduler", "--port", str(port), "--no-show", *quiet, scheduler.address)
        stack.enter_context(started(scheduler, *ready))
        processes = []
        for number, machine in enumerate(workers):
            name = f"worker-{number}"
            own = ("--name", name, "--local-directory", str(folder / name), *quiet, machine.address)
            process = started(machine, "dask_worker", address, "--nthreads", "1", "--no-nanny", *own)
            processes.append(stack.enter_context(process))
        yield address, processes


def told_by(database: Path) -> Dump:
    """All of it but when what changed: changes of one second are told as one, so that their number varies too."""
    return {table: rows for table, rows in logical_dump(database).items() if table not in ("about", "changes")}


def fresh(folder: Path) -> Path:
    homes.make(folder)
    return folder


def one_process(home: Path, *paths: Path) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), "bulk", *map(str, paths)])


@pytest.fixture
def here_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process of this machine looks through the files."""
    monkeypatch.setattr("os.cpu_count", lambda: 1)


@pytest.mark.usefixtures("here_alone")
def test_a_cluster_that_loses_a_worker_ends_as_one_process_does(tmp_path: Path) -> None:
    """One of two workers is killed while it has work; not a row differs, and nothing is said under cron."""
    pytest.importorskip("distributed")

    def kill(worker: subprocess.Popen[bytes]) -> None:
        worker.kill()
        worker.wait()

    with cluster(tmp_path, [HERE, HERE]) as (address, workers):
        assert_ends_as_one_process(tmp_path, address, workers[0], kill)


@pytest.mark.usefixtures("here_alone")
def test_a_cluster_of_machines_that_loses_one_ends_as_one_process_does(tmp_path: Path) -> None:
    """Scheduler, writer and workers reach each other by network alone; one is cut off, and nobody is told."""
    pytest.importorskip("distributed")
    if reason := machines.forbidden():
        pytest.skip(reason)  # namespaces need root and a kernel that lets it make them
    with (
        machines.apart(4) as (scheduler, writer, *others),
        cluster(tmp_path, others, scheduler) as (address, workers),
    ):
        assert_ends_as_one_process(tmp_path, address, workers[0], lambda _: machines.unplug(others[0]), writer)


def assert_ends_as_one_process(
    folder: Path,
    address: str,
    worker: subprocess.Popen[bytes],
    lose: Callable[[subprocess.Popen[bytes]], None],
    writer: Machine = HERE,
) -> None:
    """Look through files over a cluster that loses a worker while it has work, and compare with one process."""
    paths = files_of_a_year(folder / "files", 24, 1_500)
    alone, together = fresh(folder / "alone"), fresh(folder / "together")
    straight = one_process(alone, *paths)
    assert (straight.exit_code, straight.output) == (0, "")
    command = [*writer.prefix, sys.executable, "-m", "tests.bulk.program", "--home", str(together)]
    command += ["bulk", "--scheduler", address, *map(str, reversed(paths))]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    wait_for_files(together / "ketamine.db", 3)
    worker.send_signal(signal.SIGSTOP)
    wait_for_standstill(together / "ketamine.db")  # the writer waits for what that worker has in hand
    lose(worker)
    done_before = files_done(together / "ketamine.db")
    out, err = running.communicate(timeout=300)
    assert done_before < len(paths)
    assert (running.returncode, out, err) == (0, "", "")
    assert differences(told_by(alone / "ketamine.db"), told_by(together / "ketamine.db")) == []
    assert files_done(together / "ketamine.db") == len(paths)
    assert faults_of(together / "ketamine.db") == []


def files_done(database: Path) -> int:
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as opened:
        if not opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'files'").fetchone():
            return 0
        return int(opened.execute("SELECT count(*) FROM files").fetchone()[0])


def wait_for_files(database: Path, count: int) -> None:
    deadline = time.monotonic() + 120
    while files_done(database) < count:
        assert time.monotonic() < deadline, "no file was done in two minutes"
        time.sleep(0.01)


def wait_for_standstill(database: Path) -> None:
    former = -1
    while (now := files_done(database)) != former:
        former = now
        time.sleep(2)


def test_several_processes_end_as_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a row differs."""
    paths = files_of_a_year(tmp_path / "files", 6, 500)
    alone, together = fresh(tmp_path / "alone"), fresh(tmp_path / "together")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert one_process(alone, *paths).exit_code == 0
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert one_process(together, *reversed(paths)).exit_code == 0
    assert differences(told_by(alone / "ketamine.db"), told_by(together / "ketamine.db")) == []


def test_a_worker_of_this_machine_that_is_killed_is_told_and_made_up_for(tmp_path: Path) -> None:
    """One line and exit code 1; the next call goes on from what is stored."""
    paths = files_of_a_year(tmp_path / "files", 30, 2_000)
    home = fresh(tmp_path / "home")
    command = [sys.executable, "-m", "tests.bulk.program", "--home", str(home), "bulk", *map(str, paths)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    wait_for_files(home / "ketamine.db", 2)
    children = [int(pid) for pid in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]
    scanning = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(scanning[-1], signal.SIGKILL)
    _, err = running.communicate(timeout=120)
    assert running.returncode == 1
    assert err == "harvest: a worker was killed, for want of memory perhaps; the next call goes on from there\n"
    assert 2 <= files_done(home / "ketamine.db") < len(paths)
    again = program(home, "bulk", *paths)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert files_done(home / "ketamine.db") == len(paths)


def test_no_worker_outlives_a_program_that_is_killed(tmp_path: Path) -> None:
    """However sudden its end."""
    paths = files_of_a_year(tmp_path / "files", 20, 2_000)
    home = fresh(tmp_path / "home")
    command = [sys.executable, "-m", "tests.bulk.program", "--home", str(home), "bulk", *map(str, paths)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    wait_for_files(home / "ketamine.db", 1)
    children = [int(pid) for pid in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]
    assert children
    running.kill()
    running.wait()
    deadline = time.monotonic() + 20
    while any(is_running(pid) for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Not ended, be it that nobody has asked for its exit code yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path) -> None:
    """One line, exit code 1, and nothing is noted as done."""
    pytest.importorskip("distributed")
    home = fresh(tmp_path / "home")
    path = write(tmp_path, 1, about(970_000_101))
    address = f"tcp://127.0.0.1:{free_port()}"
    result = program(home, "bulk", "--scheduler", address, path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"harvest: the scheduler at {address} does not answer: ")
    assert result.stderr.count("\n") == 1
    assert files_done(home / "ketamine.db") == 0


def test_a_cluster_without_workers_is_told(tmp_path: Path) -> None:
    """One line that says how to start one."""
    pytest.importorskip("distributed")
    home = fresh(tmp_path / "home")
    with cluster(tmp_path, []) as (address, _):
        result = program(home, "bulk", "--scheduler", address, write(tmp_path, 1, about(970_000_101)))
    assert result.returncode == 1
    assert result.stderr == (
        f"harvest: the scheduler at {address} has no worker; start one with: dask worker {address} --nthreads 1\n"
    )
