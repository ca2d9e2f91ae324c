"""One writer to a home at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from harvest.errors import LockedError


@contextmanager
def writing_to(database: Path) -> Iterator[None]:
    """Hold the lock of a database for as long as the block runs.

    Raises:
        LockedError: another process holds it; the text says which.
    """
    path = database.with_name(database.name + ".lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = path.read_text().strip() or "unknown"
        raise LockedError(f"{database}: process {holder} is writing to this home; try again when it is done") from None
    try:
        path.write_text(f"{os.getpid()}\n")
        yield
    finally:
        lock.release()
