"""The reference has everything, and ``make check`` notices when it does not agree with what it is written from."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from harvest import config as recipe
from harvest.cli import main
from harvest.home import SHIPPED
from tests.db.test_metadata import QUERIES, TABLES

REFERENCE = Path(".github/REFERENCE.md")


def checked(document: Path) -> subprocess.CompletedProcess[str]:
    """What ``make check`` does with the reference, done with another document."""
    (line,) = re.findall(r"^\t\$\(BIN\)/(python -m cogapp --check .*)$", Path("Makefile").read_text(), re.MULTILINE)
    _, *options, named = shlex.split(line)
    assert named == str(REFERENCE)
    return subprocess.run([sys.executable, *options, document], capture_output=True, text=True, check=False)


def test_differences_are_noticed(tmp_path: Path) -> None:
    """In a type, a description, a query, a tag and the help of a verb; and it is said what to do."""
    text = REFERENCE.read_text(encoding="utf-8")
    for word in ("INTEGER", "PubMed identifier", "order by", "Depression", "--home DIR"):
        assert word in text
        text = text.replace(word, f"changed {word}", 1)
    (tmp_path / "changed.md").write_text(text, encoding="utf-8")
    told = checked(tmp_path / "changed.md")
    assert told.returncode != 0
    assert len(re.findall(r"^-.*changed", told.stdout, re.MULTILINE)) == 5
    assert "make docs" in told.stderr


def test_everything_has_its_place() -> None:
    """Each table that is not hidden, each saved query, each question and each verb has a section of its own."""
    sections = re.findall(r"^### `(.+?)`", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    tables = [name for name, table in TABLES.items() if not table.get("hidden")]
    assert sections == [*tables, *QUERIES, *recipe.load(SHIPPED, {}).recipe.tracker.facets, *main.commands]


def test_no_cell_of_a_table_breaks_it() -> None:
    """Whatever stands in a description: each row has as many cells as the head above it."""
    for table in re.findall(r"(?:^\|.*\n)+", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1, table
