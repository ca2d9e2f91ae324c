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
        ConfigError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder}: not an empty folder; name another one")
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns(*_LEFT_BEHIND), dirs_exist_ok=True)
