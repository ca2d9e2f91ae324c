"""PubMed's files: ``pubmed26n0001.xml.gz`` is the first of those that PubMed made in the year 2026."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"(pubmed(\d\d)n(\d{4,6}))\.xml(?:\.gz)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PubmedFile:
    """A baseline or update file.

    ``name`` is its own without what tells the format. Numbers begin anew each year, with every record, and a later file
    outdates an earlier one, so files are in order by year and number.
    """

    name: str
    year: int
    number: int
    path: Path

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among PubMed's files."""
        return self.year, self.number


def in_order(paths: Iterable[Path]) -> tuple[list[PubmedFile], list[str]]:
    """The files, each once, as PubMed made them, and a line for each that is none of PubMed's.

    The sums that PubMed puts beside its files are passed over: they are read with the files that they are for.
    """
    files: dict[str, PubmedFile] = {}
    problems = []
    for path in paths:
        if path.suffix == ".md5":
            continue
        named = _NAME.fullmatch(path.name)
        if named is None:
            problems.append(f"{path}: not named like PubMed's files, pubmed26n0001.xml.gz; try harvest load")
            continue
        file = PubmedFile(named[1], int(named[2]), int(named[3]), path)
        former = files.setdefault(file.name, file)
        if former.path.resolve() != path.resolve():
            problems.append(f"{path}: left out, as {former.path} has the same name")
    return sorted(files.values(), key=lambda file: file.place), problems


def place_of(name: str) -> tuple[int, int]:
    """Where a file of that name stands among PubMed's files."""
    named = _NAME.fullmatch(f"{name}.xml")
    return (int(named[2]), int(named[3])) if named else (0, 0)
