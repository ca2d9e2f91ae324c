"""What is handed to cron and systemd works as it stands."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from harvest import config as recipe
from harvest import home as homes
from harvest.assembly import today
from harvest.schedule import cron_line, main, merged
from harvest.store import Store
from tests.pubmed import serve
from tests.tracker import studies

ODD = "100% of a home's data"
"""A folder name that cron, the shell and systemd would each read in a way of their own."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home."""
    folder = tmp_path / ODD
    homes.make(folder)
    return folder


def test_the_line_runs_with_nothing_in_the_environment(home: Path) -> None:
    """As cron would: by ``/bin/sh``, per cent signs told by a backslash; it harvests, and is silent."""
    with serve(studies(3, created=f"{today()}"), rate=None) as pubmed:
        path = home / "ketamine.toml"
        path.write_text(path.read_text().replace('# eutils = "https', f'eutils = "{pubmed.eutils}"   # "https'))
        *when, command = cron_line(recipe.load(home)).split(maxsplit=5)
        assert when[1:] == ["4", "*", "*", "*"]
        assert int(when[0]) in range(60)
        shell = ["/usr/bin/env", "-i", "/bin/sh", "-c", command.replace(r"\%", "%")]
        ran = subprocess.run(shell, capture_output=True, text=True, check=False, cwd="/")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)
    with Store(home / "ketamine.db") as store:
        assert store.rows("SELECT count(*) AS n FROM studies") == [{"n": 3}]


def test_a_crontab_gets_the_line_once(home: Path) -> None:
    """Whatever else stands in it stays, and so does the line of another home."""
    line = cron_line(recipe.load(home))
    other = "1 2 * * * harvest --home /other run # harvest of /other"
    once = merged(f"MAILTO=reader\n{line.replace(' 4 ', ' 5 ', 1)}\n{other}\n", line)
    assert once == f"MAILTO=reader\n{other}\n{line}\n"
    assert merged(once, line) == once
    assert merged("", line) == f"{line}\n"


def test_make_installs_the_line(home: Path, tmp_path: Path) -> None:
    """By ``crontab``, here a file; the second time it changes nothing."""
    kept, programs = tmp_path / "kept", tmp_path / "bin"
    programs.mkdir()
    (programs / "crontab").write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then cat "{kept}"; else cat >"{kept}"; fi\n')
    (programs / "crontab").chmod(0o755)
    make = ["make", "-s", "-o", ".venv/.complete", "cron-install"]
    around = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "HARVEST_HOME": str(home)}
    for _ in range(2):
        subprocess.run(make, env=around, check=True, capture_output=True)
        assert kept.read_text() == f"{cron_line(recipe.load(home))}\n"


def test_a_crontab_is_left_alone_where_the_recipe_is_wrong(home: Path, tmp_path: Path) -> None:
    """One line says why."""
    (home / "ketamine.toml").write_text("[tracker")
    result = CliRunner().invoke(main, ["--home", str(home), "cron", "--merge"], input="1 2 3 4 5 mine\n")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"harvest-schedule: {home}/ketamine.toml: not TOML")


def test_the_units_are_valid(home: Path, tmp_path: Path) -> None:
    """So says systemd itself; paths are quoted, and only the home can be written to."""
    folder = tmp_path / "units"
    result = CliRunner().invoke(main, ["--home", str(home), "systemd", str(folder)])
    assert result.exit_code == 0, result.output
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert sorted(made) == ["datasette-ketamine.service", "harvest-ketamine.service", "harvest-ketamine.timer"]
    quoted = f'"{str(home).replace("%", "%%")}"'
    assert f"--home {quoted} run\n" in made["harvest-ketamine.service"]
    for name in ("datasette-ketamine.service", "harvest-ketamine.service"):
        assert f"\nReadWritePaths={quoted}\n" in made[name]
        assert "\nProtectSystem=strict\n" in made[name]
    assert "enable --now harvest-ketamine.timer datasette-ketamine.service" in result.stdout
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")  # a part of systemd: there is none in most containers
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(folder / name) for name in made)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.stderr, told.returncode) == ("", 0)
