"""What the notebooks share: the published tables, read-only, and figures that say what they count.

A notebook reads the home that HARVEST_HOME names (seen from the checkout), else db/, else the sample home of
``make demo``. A snapshot made by ``harvest export`` is a home too.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from harvest.publish.formats import FORMATS
from harvest.publish.record import Vocabulary, records

PROJECT = Path(__file__).resolve().parent.parent

COUNTED = """
SELECT * FROM studies WHERE relevance = 'main' AND species = 'human' AND notice <> 'retracted'
"""
"""The studies that summaries count, as on the pages: of people, mainly about the subject, not retracted."""

FINDINGS = ("worse", "mixed", "unclear", "no-change", "better", "not judged")
"""What studies found of an effect, in the order in which figures show it."""

HATCHES = dict(zip(FINDINGS, ("////", "xx", "..", "", "\\\\\\\\", "--"), strict=True))
"""Bars are told apart by their pattern as well as by colour."""

COLOURS = dict(zip(FINDINGS, ("#b2182b", "#ef8a62", "#bdbdbd", "#f0f0f0", "#67a9cf", "#ffffff"), strict=True))

plt.rcParams.update(
    {"figure.dpi": 100, "axes.spines.top": False, "axes.spines.right": False, "axes.titlelocation": "left"}
)


class Tables:
    """The tables of a home; nothing can be written through them.

    Args:
        folder: the home; else the one that the environment names, or the first that has a database.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.database = _database(folder or _home())
        self._conn = sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)
        self._conn.execute(f"CREATE TEMP VIEW counted AS {COUNTED}")
        self.is_sample = bool(self.ask("SELECT 1 FROM about WHERE key = 'kind' AND value = 'sample'").size)

    def close(self) -> None:
        """Let go of the database."""
        self._conn.close()

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The answer to a question in SQL. The view ``counted`` holds the studies that summaries count."""
        return pd.read_sql_query(sql, self._conn, params=dict(parameters or {}))

    def number(self, sql: str, parameters: Mapping[str, Any] | None = None) -> int:
        """The answer to a question whose answer is one number; 0 where there is none."""
        return int(self._conn.execute(sql, dict(parameters or {})).fetchone()[0] or 0)

    def export(self, pmids: Sequence[int], ending: str) -> str:
        """Studies as a file, in the formats and by the code of the site: ``ris``, ``bib``, ``csv`` ..."""
        vocabulary = Vocabulary(self._conn)
        return FORMATS[ending].whole(records(self._conn, vocabulary, pmids), vocabulary)

    def labels(self, facet: str) -> dict[str, str]:
        """The tags of a facet in their order, with what readers call them."""
        rows = self.ask("SELECT tag, label FROM tags WHERE facet = :facet ORDER BY rowid", {"facet": facet})
        return dict(zip(rows["tag"], rows["label"], strict=True))

    def standing(self) -> str:
        """What these tables are: how many studies, real or invented, how new, and since when they were asked for."""
        studies, newest = self._conn.execute("SELECT count(*), max(entered) FROM studies").fetchone()
        first = self._conn.execute("SELECT min(since) FROM run_sources WHERE found IS NOT NULL").fetchone()[0]
        what = "INVENTED studies (sample data: nothing here is a result)" if self.is_sample else "studies"
        asked = f"searches asked for what entered PubMed from {first} on" if first else "no search has been asked"
        counted = self.number("SELECT count(*) FROM counted")
        return (
            f"{self.database.name}: {studies:,} {what}, the newest entered PubMed on {newest}; {asked}.\n"
            f"Counted below, unless said otherwise: {counted:,} studies of people that"
            " are mainly about the subject and not retracted."
        )

    def title(self, axes: Axes, text: str, n: int, of: str = "studies") -> None:
        """Say above a figure what it shows, of how many, and that sample data are sample data."""
        warning = "SAMPLE DATA, invented records\n" if self.is_sample else ""
        axes.set_title(f"{warning}{text}\nN = {n:,} {of}", fontsize=11)
        if not n:
            axes.text(0.5, 0.5, "nothing to show", transform=axes.transAxes, ha="center", va="center")


def _home() -> Path:
    named = os.environ.get("HARVEST_HOME")
    folders = [PROJECT / named] if named else [PROJECT / "db", PROJECT / "sample-home"]
    return next((folder for folder in folders if any(folder.glob("*.db"))), folders[0])


def _database(folder: Path) -> Path:
    found = sorted(folder.resolve().glob("*.db"))
    if len(found) != 1:
        raise FileNotFoundError(f"{folder}: {len(found)} databases; fill the home with `harvest run` or `make demo`")
    return found[0]


def show(figure: Figure) -> None:
    """Show a figure; its titles are read out where it cannot be seen."""
    told = "; ".join(axes.get_title(loc="left").replace("\n", ", ") for axes in figure.axes if axes.get_visible())
    display(figure, metadata={"image/png": {"alt": told}})
    plt.close(figure)


def stacked(axes: Axes, table: pd.DataFrame) -> None:
    """Horizontal bars of findings, the first row on top, with the count in each part that has room for it."""
    left = pd.Series(0, index=table.index)
    for finding in table.columns:
        counts = table[finding]
        bars = axes.barh(
            list(table.index), counts, left=left, label=finding, color=COLOURS[finding], hatch=HATCHES[finding],
            edgecolor="black", linewidth=0.5,
        )  # fmt: skip
        axes.bar_label(
            bars, [str(n) if n else "" for n in counts], label_type="center", fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8},
        )  # fmt: skip
        left = left + counts
    axes.invert_yaxis()
    axes.set_xlabel("studies")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(table):
        axes.legend(title="what was found", fontsize=8, bbox_to_anchor=(1.01, 1), loc="upper left")


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson), which holds for small numbers too."""
    if not whole:
        return 0.0, 1.0
    z = 1.96
    share, spread = part / whole, z * z / whole
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * (share * (1 - share) / whole + spread / (4 * whole)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)
