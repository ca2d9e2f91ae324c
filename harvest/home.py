"""Where a home is, and how a fresh one is made."""

from __future__ import annotations

import shutil
from pathlib import Path

from harvest.errors import ConfigError

SHIPPED = Path(__file__).resolve().parent.parent / "db"
"""The home of this checkout, from which others are made."""

_LEFT_BEHIND = ("*.db", "*.db-wal", "*.db-shm", "*.lock", "__pycache__")


def make(folder: Path) -> None:
    """Make a fresh home: recipe, taxonomy, metadata, pages, and no database.

    Raises:
        ConfigError: the folder holds something already, or cannot be written to.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigError(f"{folder}: not an empty folder; name another one")
        shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns(*_LEFT_BEHIND), dirs_exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: no home can be made here ({reason(error)})") from None


def reason(error: OSError) -> str | None:
    """Why a copy failed; that of several files collects (source, copy, reason) and goes by the first."""
    return error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
