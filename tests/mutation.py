"""Mutation testing: is there a test for every line that matters?

``python -m tests.mutation`` changes the program in one place at a time, in a copy, runs the tests that matter for the
module and tells for each module how many changes they noticed, and every change that they did not. It takes about half
an hour and belongs to nobody's commit; ``make mutation`` prepares cosmic-ray, which makes the changes, and runs it. The
places are drawn by a fixed seed, one change for each, so that two runs of one version say the same.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TESTS = {
    "http.py": "tests/test_http.py tests/test_eutils.py",
    "eutils.py": "tests/test_eutils.py tests/sources tests/test_pubmed.py",
    "pubmed.py": "tests/test_pubmed.py",
    "pipeline.py": "tests/test_pipeline.py tests/test_status.py tests/test_curation.py",
    "store": "tests/store tests/test_history.py tests/test_curation.py tests/test_pipeline.py",
    "sources": "tests/sources",
    "medline": "tests/medline",
}
"""The modules and folders of ``harvest`` that are changed, and the tests that should notice."""

ENOUGH = 85
"""Changes out of a hundred that must be noticed."""

SECONDS = 180
"""How long the tests may take; a change that makes them hang is noticed."""

CONFIGURATION = """[cosmic-ray]
module-path = "{module}"
timeout = {seconds}
excluded-modules = []
test-command = "{python} -m pytest {options} {tests}"

[cosmic-ray.distributor]
name = "local"
"""

OPTIONS = "-x -q -m 'not slow' -p no:randomly -p no:cacheprovider tests/test_layout.py::test_values_do_not_change"

SURVIVORS = """SELECT module_path, definition_name, diff FROM work_results JOIN mutation_specs USING (job_id)
WHERE test_outcome = 'SURVIVED' ORDER BY start_pos_row, start_pos_col"""

Place = tuple[int, int, int, int]
"""First row and column, last row and column."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the changes of one module: how many there were, and those that no test noticed."""

    module: str
    total: int
    survivors: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.module}: {self.total - len(self.survivors)} of {self.total} noticed"


def modules(checkout: Path) -> Iterator[tuple[Path, str]]:
    """Each module to change, and the tests that should notice."""
    for name, tests in TESTS.items():
        path = checkout / "harvest" / name
        for module in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            yield module.relative_to(checkout), tests


def types_in(source: str) -> list[Place]:
    """Where types are written: they are not evaluated, and mypy is what looks at them."""
    nodes = list(ast.walk(ast.parse(source)))
    typed = [getattr(node, part, None) for node in nodes for part in ("annotation", "returns")]
    # typeshed lets the ends be None, which they are not in a tree that was parsed
    return [(n.lineno, n.col_offset, n.end_lineno, n.end_col_offset) for n in typed if isinstance(n, ast.expr)]  # type: ignore[misc]  # a parsed one has its end


def draw(session: Path, source: str, share: float, seed: int) -> None:
    """Leave one change for each place in a share of the places, drawn by the seed."""
    typed = types_in(source)
    chance = random.Random(seed)
    with closing(sqlite3.connect(session)) as db, db:
        places: dict[Place, list[str]] = defaultdict(list)
        for job, *place in db.execute(
            "SELECT job_id, start_pos_row, start_pos_col, end_pos_row, end_pos_col FROM mutation_specs"
            " ORDER BY 2, 3, operator_name, operator_args, occurrence"
        ):
            places[tuple(place)].append(job)
        changes = [chance.choice(jobs) for place, jobs in places.items() if not _within(place, typed)]
        kept = chance.sample(changes, round(len(changes) * share))
        marks = ", ".join("?" * len(kept))
        for table in ("mutation_specs", "work_items"):
            db.execute(f"DELETE FROM {table} WHERE job_id NOT IN ({marks})", kept)


def _within(place: Place, typed: Iterable[Place]) -> bool:
    return any(first[:2] <= place[:2] and place[2:] <= first[2:] for first in typed)


def mutate(checkout: Path, module: Path, tests: str, share: float, seed: int, cosmic_ray: str) -> Outcome:
    """Change one module of a checkout in many places, one at a time; its tests must pass before."""
    session = checkout / "mutation.sqlite"
    session.unlink(missing_ok=True)
    configuration = checkout / "mutation.toml"
    configuration.write_text(
        CONFIGURATION.format(module=module, seconds=SECONDS, python=sys.executable, options=OPTIONS, tests=tests)
    )
    arguments = [str(configuration), str(session)]
    subprocess.run([cosmic_ray, "baseline", str(configuration)], cwd=checkout, check=True)
    subprocess.run([cosmic_ray, "init", *arguments], cwd=checkout, check=True)
    draw(session, (checkout / module).read_text("utf-8"), share, seed)
    subprocess.run([cosmic_ray, "exec", *arguments], cwd=checkout, check=True)
    with closing(sqlite3.connect(session)) as db:
        [(total,)] = db.execute("SELECT count(*) FROM work_results WHERE worker_outcome = 'NORMAL'").fetchall()
        survivors = tuple(f"{path} {name}\n{diff}" for path, name, diff in db.execute(SURVIVORS))
    return Outcome(str(module), total, survivors)


def main() -> None:
    """Draw, change, test, tell; the exit code is 1 where too few changes were noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Mutation testing.")
    parser.add_argument("--share", type=float, default=0.25, help="share of the places that are changed (%(default)s)")
    parser.add_argument("--seed", type=int, default=20261122, help="draws the places (%(default)s)")
    parser.add_argument("--only", default="", help="part of the names of the modules to change")
    parser.add_argument("--cosmic-ray", default="cosmic-ray", help="the program that makes the changes")
    asked = parser.parse_args()
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        shutil.copytree(".", checkout, ignore=shutil.ignore_patterns(".*", "*.db*", "__pycache__"))
        for module, tests in modules(checkout):
            if asked.only in str(module):
                outcome = mutate(checkout, module, tests, asked.share, asked.seed, asked.cosmic_ray)
                print(outcome, *outcome.survivors, sep="\n", flush=True)  # noqa: T201 - it is a program
                outcomes.append(outcome)
    total = sum(outcome.total for outcome in outcomes)
    noticed = total - sum(len(outcome.survivors) for outcome in outcomes)
    print(f"all: {noticed} of {total} noticed")  # noqa: T201 - it is a program
    sys.exit(noticed * 100 < ENOUGH * total)


if __name__ == "__main__":
    main()
