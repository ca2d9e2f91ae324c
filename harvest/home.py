"""Where a home is, and how a fresh one is made."""

from __future__ import annotations

import shutil
from pathlib import Path

from harvest.errors import ConfigError

PACKED = Path(__file__).resolve().parent / "shipped"
"""What ``db/`` of a checkout becomes in a wheel; no checkout has it."""

SHIPPED = PACKED if PACKED.is_dir() else PACKED.parent.parent / "db"
"""The home that comes with the program, from which others are made."""

_LEFT_BEHIND = ("*.db", "*.db-wal", "*.db-shm", "*.lock", "*-litestream", "__pycache__")


def default() -> Path:
    """The home to work on where none is named: that of the checkout.

    Raises:
        ConfigError: there is no checkout; what an installed program brings along is not to be worked on.
    """
    if SHIPPED == PACKED:
        raise ConfigError("no home is named: make one with `harvest init DIR`, name it with --home DIR or HARVEST_HOME")
    return SHIPPED


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
