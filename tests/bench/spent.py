"""``python -m tests.bench.spent COMMAND...``: run a command and print what it took, as JSON.

It is a program of its own, and a small one, since Linux counts the memory of whoever starts a process as that process's
(``getrusage(2)``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

BETWEEN = 0.5
"""Seconds between two looks at the memory."""


def main() -> None:
    """Run the command; end as it ends."""
    started = time.monotonic()
    process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, start_new_session=True)
    looks, ended = [0.0], Event()
    watching = Thread(target=_watch, args=(process.pid, looks, ended))
    watching.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except KeyboardInterrupt:
        process.terminate()
        raise
    finally:
        elapsed = time.monotonic() - started
        ended.set()
        watching.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(process.returncode)
    processor, largest = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    taken = {"processor": processor, "elapsed": elapsed, "memory": max(*looks, largest), "largest": largest}
    json.dump(taken, sys.stdout)


def _watch(session: int, looks: list[float], ended: Event) -> None:
    while not ended.wait(BETWEEN):
        looks.append(_held(session))


def _held(session: int) -> float:
    """The MB that the processes of a session hold together; what they share counts once (PSS)."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) == session:
                total += int((process / "smaps_rollup").read_text().partition("\nPss:")[2].split()[0])
        except (OSError, IndexError):
            continue  # it has just ended
    return total / 1024


if __name__ == "__main__":
    main()
