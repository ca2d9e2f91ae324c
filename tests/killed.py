"""Harvests that die by SIGKILL at a moment chosen beforehand.

``python -m tests.killed HOME`` reads lines ``PHASE NUMBER HOME`` and, for each, harvests into that home in a process of
its own that kills itself at the event of that number in that phase; it answers with the exit code, -9 for a kill. The
processes are forked from one that has already read the taxonomy of the first home, which takes a second.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harvest import assembly, config
from harvest.cli import main
from harvest.http import Answer, Client
from tests.conftest import tagger_built_once
from tests.unpaced import lift_pace

BATCH = 40
"""Studies in a transaction: more of them than usual can be cut off in a harvest."""


@dataclass(slots=True)
class Moment:
    """The event at which a harvest dies: the so-manieth of a phase.

    ``discover`` and ``fetch`` count requests sent and answers come, ``transaction`` statements inside one, ``commit``
    its last, ``between`` those outside; number 0 never comes.
    """

    phase: str
    number: int
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_by(self, phase: str) -> None:
        """Note an event, and die if it is the one."""
        if phase != self.phase:
            return
        with self._lock:
            self.number -= 1
            if self.number == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def phase_of(statement: str, in_transaction: bool) -> str:
    """The phase that a statement of SQL belongs to."""
    if not in_transaction:
        return "between"
    return "commit" if statement.startswith("COMMIT") else "transaction"


def arm(moment: Moment, patch: pytest.MonkeyPatch) -> None:
    """Have every statement and every request pass the moment by."""
    connect, send = sqlite3.connect, Client._send

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(lambda sql: moment.pass_by(phase_of(sql, connection.in_transaction)))
        return connection

    def sent(client: Client, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> Answer:
        phase = "fetch" if "efetch" in url else "discover"
        moment.pass_by(phase)
        answer = send(client, method, url, headers, form)
        moment.pass_by(phase)
        return answer

    patch.setattr("harvest.store.connection.sqlite3.connect", watched)
    patch.setattr(Client, "_send", sent)


def live(home: str, moment: Moment) -> None:
    """Harvest until the moment comes."""
    with pytest.MonkeyPatch.context() as patch:
        arm(moment, patch)
        main(["--home", home, "run", "--since", "1900-01-01"])


def serve_lives(first_home: Path) -> None:
    """Live a harvest for every line that comes in."""
    with pytest.MonkeyPatch.context() as patch:
        lift_pace(patch)
        patch.setattr("harvest.assembly.Tagger", tagger_built_once)
        patch.setattr("harvest.pipeline.BATCH", BATCH)
        assembly.tagger_of(config.load(first_home))
        for line in sys.stdin:
            phase, number, home = line.split(maxsplit=2)
            process = multiprocessing.get_context("fork").Process(
                target=live, args=(home.strip(), Moment(phase, int(number)))
            )
            process.start()
            process.join()
            sys.stdout.write(f"{process.exitcode}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    serve_lives(Path(sys.argv[1]))
