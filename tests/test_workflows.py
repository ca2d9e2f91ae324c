"""The workflows for those who publish from a repository do what they say: their commands are run here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from harvest import home as homes
from harvest.store import Store
from tests.pubmed import serve
from tests.tracker import studies

WORKFLOWS = sorted(Path(".github/workflows").glob("*.yml"))


def jobs(workflow: Path) -> list[dict[str, Any]]:
    """The jobs of a workflow."""
    return list(yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values())


def commands(workflow: Path) -> list[str]:
    """What it runs, step by step."""
    return [step["run"] for job in jobs(workflow) for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_each_is_given_no_more_than_it_needs(workflow: Path) -> None:
    """Permissions are stated, jobs end, and no expression stands in a command, where it could be executed.

    A secret is known to the one step that needs it, and no token is left behind in the checkout.
    """
    told = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert set(told["permissions"]) == {"contents"}
    assert all(job["timeout-minutes"] <= 360 for job in jobs(workflow))
    assert not [command for command in commands(workflow) if "${{" in command]
    assert not [job for job in jobs(workflow) if re.search(r"secrets\.|github\.token", str(job.get("env")))]
    checkouts = [step for job in jobs(workflow) for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False]


def test_the_check_is_the_script_that_anybody_can_run() -> None:
    """Nothing else, so that it cannot differ."""
    assert commands(Path(".github/workflows/check.yml")) == [".ci/run"]


@pytest.mark.slow
def test_a_harvest_is_released(tmp_path: Path) -> None:
    """Twice on one day: the second harvest goes on from the first, and its release takes the place of the former."""
    workflow = Path(".github/workflows/harvest.yml")
    (job,) = jobs(workflow)
    assert "shell: bash" in workflow.read_text(encoding="utf-8")  # as below, which GitHub else does without pipefail
    told = tmp_path / "told"
    programs = tmp_path / "bin"
    programs.mkdir()
    gh = f'echo "$@" >>"{told}"; case "$2" in view) [ -e "{told}.made" ];; create) touch "{told}.made";; esac'
    for name, text in {"gh": gh, "make": ":"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    homes.make(tmp_path / "db")
    with serve(studies(2), rate=None) as pubmed:
        around = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HARVEST_HOME": job["env"]["HARVEST_HOME"],
            "HARVEST_EUTILS": pubmed.eutils,
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        }
        for command in 2 * commands(workflow):
            subprocess.run(["bash", "-eo", "pipefail", "-c", command], env=around, cwd=tmp_path, check=True)
    with Store(tmp_path / "db" / "ketamine.db") as store:
        assert [row["command"] for row in store.rows("SELECT command FROM runs")] == ["backfill", "run"]
    assert re.findall(r"^release (\w+)", told.read_text(), re.MULTILINE) == ["view", "create", "view", "upload"]
    assert "2 invented studies" in (tmp_path / "summary").read_text()
    (packed,) = (tmp_path / "snapshots").glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        names = set(archive.getnames())
    folder = packed.name.removesuffix(".tar.gz")
    assert {f"{folder}/ketamine.db", f"{folder}/NOTICE", f"{folder}/SHA256SUMS"} <= names
