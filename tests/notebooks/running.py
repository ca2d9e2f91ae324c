"""Runs a notebook in this process, so that a test can look at what its cells made."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted(Path("notebooks").resolve().glob("*.ipynb"))


@dataclass(slots=True)
class Ran:
    """What a notebook made: its names, the titles over its figures, and what it printed."""

    names: dict[str, Any] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    printed: str = ""


def cells(notebook: Path, kind: str) -> list[str]:
    """The sources of the cells of a kind."""
    stored = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in stored if cell["cell_type"] == kind]


def notebook(number: int) -> Path:
    """The notebook of a number."""
    (found,) = [path for path in NOTEBOOKS if path.name.startswith(f"{number:02d}-")]
    return found


def run(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    """Run a notebook from top to bottom on a home."""
    import matplotlib as mpl

    mpl.use("Agg")
    ran = Ran()

    def display(figure: Any, metadata: Any) -> None:
        figure.canvas.draw()
        ran.titles += [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]

    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.setenv("HARVEST_HOME", str(home))
    monkeypatch.setenv("HARVEST_OUTPUT", str(home.parent / "output"))
    monkeypatch.setattr(import_module("reading"), "display", display)
    for source in cells(path, "code"):
        exec(compile(ast.parse(source), path.name, "exec"), ran.names)
    ran.printed = capsys.readouterr().out
    ran.names["tables"].close()
    return ran
