"""One writer to a home at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from harvest.errors import LockedError, StoreError


@contextmanager
def writing_to(database: Path) -> Iterator[None]:
    """Hold the lock of a database for as long as the block runs.

    Raises:
        LockedError: another process holds it; the text says which.
        StoreError: the home cannot be written to.
    """
    path = database.with_name(database.name + ".lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
        path.write_text(f"{os.getpid()}\n")
    except Timeout:
        holder = path.read_text().strip() or "unknown"
        raise LockedError(f"{database}: process {holder} is writing to this home; try again when it is done") from None
    except OSError as error:
        lock.release()
        advice = "look at the folder's permissions and at the space on its disk"
        raise StoreError(f"{database}: cannot be written ({error.strerror}); {advice}") from None
    try:
        yield
    finally:
        lock.release()
