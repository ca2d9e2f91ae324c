"""Files over the processors of this machine, or over a Dask cluster: found there, given back here in order."""

from __future__ import annotations

import importlib
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from harvest.bulk.scan import Job, Scan, scan
from harvest.errors import ConfigError, SourceError
from harvest.processes import killing_told, pool, processors

CONNECT_SECONDS = 10
"""How long a scheduler may take to answer."""

PATIENCE_SECONDS = 60
"""After so long without a result it is asked whether any worker is left."""

Waiting = Callable[[], Scan]
"""Waits for what is found in a file."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Workers: takes a job for them, and how many may wait for the writer, so that memory stays bounded."""

    submit: Callable[[Job], Waiting]
    ahead: int

    def scans(self, jobs: Iterable[Job]) -> Iterator[Scan]:
        """What is found in each file, in the order of the jobs, while workers go on with the next ones.

        Raises:
            SourceError: the workers are gone.
        """
        waiting: deque[Waiting] = deque()
        for job in jobs:
            waiting.append(self.submit(job))
            if len(waiting) > self.ahead:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()


@contextmanager
def local() -> Iterator[Crew]:
    """Processes on this machine, one for each processor."""
    count = processors()
    hands = pool(count)

    def submit(job: Job) -> Waiting:
        with killing_told():
            future = hands.submit(scan, job)

        def wait() -> Scan:
            with killing_told():
                return future.result()

        return wait

    try:
        yield Crew(submit, ahead=2 * count)
    finally:
        hands.shutdown(cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[Crew]:
    """The workers of a Dask cluster, which see the files under the same path and have this version of harvest.

    A worker that dies costs nothing but the time that it has spent on its files: others take them over.

    Raises:
        ConfigError: Dask is not installed.
        SourceError: the scheduler does not answer, has no workers, or is gone.
    """
    try:
        connect: Any = importlib.import_module("distributed").Client
    except ImportError:
        raise ConfigError("--scheduler needs Dask; install it with: pip install distributed") from None
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is told in one line
    try:
        client = connect(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SourceError(f"the scheduler at {address} does not answer: {_line(error)}") from None
    with closing(client):
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            advice = f"start one with: dask worker {address} --nthreads 1"
            raise SourceError(f"the scheduler at {address} has no worker; {advice}") from None
        yield Crew(lambda job: _on_cluster(client, address, job), ahead=2 * sum(client.nthreads().values()))


def _on_cluster(client: Any, address: str, job: Job) -> Waiting:
    with _failure_told(address, job):
        # not pure: a file may have changed since it was looked through
        future = client.submit(scan, job, pure=False)

    def wait() -> Scan:
        with _failure_told(address, job):
            while True:
                try:
                    found: Scan = future.result(timeout=PATIENCE_SECONDS)
                except TimeoutError:
                    if not client.nthreads():
                        raise SourceError("no worker is left") from None
                else:
                    return found

    return wait


@contextmanager
def _failure_told(address: str, job: Job) -> Iterator[None]:
    """Say in one line what the worker, the scheduler or the way to them raise, whatever it is."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - said in one line
        raise SourceError(
            f"the cluster at {address} failed over {job.path}: {_line(error)}; the next call goes on from there"
        ) from None


def _line(error: Exception) -> str:
    """An error on one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__
