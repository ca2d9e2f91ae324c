"""A wheel is all that a user needs: what is in it, and what it does where there is nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from tests.browser.conftest import serving
from tests.demo import program

PARTS = ("harvest", "db", "tests")
FILES = ("pyproject.toml", "README.md", "LICENSE", "NOTICE", ".gitignore")
HARVESTED = ("ketamine.db", "ketamine.db-wal", "ketamine.db-shm", "ketamine.db.lock")
TOLD = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "licenses/NOTICE")
"""What a wheel says of itself."""

SAMPLE = Path("tests/pubmed/corpus/shapes.xml").resolve()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, in whose home there has been a harvest."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in PARTS:
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.db*"))
    for name in FILES:
        shutil.copyfile(name, folder / name)
    for name in HARVESTED:
        (folder / "db" / name).touch()
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    """The wheel of that copy."""
    return built(checkout, "wheel")


def built(folder: Path, target: str) -> Path:
    """The one wheel or sdist of a project, which is built without a network."""
    command = [program("hatchling"), "build", "--target", target, "--directory", f"made/{target}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (made,) = (folder / "made" / target).iterdir()
    return made


def test_it_holds_the_program_and_its_home_and_nothing_else(checkout: Path, wheel: Path) -> None:
    """No database and no tests; the licence and the notices."""
    parts = [path for name in ("harvest", "db") for path in (checkout / name).rglob("*") if path.is_file()]
    wanted = {path.relative_to(checkout).as_posix() for path in parts if path.name not in HARVESTED}
    held = {re.sub(r"^db/", "harvest/shipped/", name) for name in wanted}
    assert {"harvest/cli.py", "harvest/shipped/ketamine.toml", "harvest/shipped/templates/index.html"} <= held
    about = {f"harvest-{version('harvest')}.dist-info/{name}" for name in TOLD}
    assert set(ZipFile(wheel).namelist()) == held | about


def test_an_sdist_makes_the_same_wheel(checkout: Path, wheel: Path, tmp_path: Path) -> None:
    """Byte for byte."""
    sdist = built(checkout, "sdist")
    with tarfile.open(sdist) as packed:
        assert not [name for name in packed.getnames() if Path(name).name in HARVESTED]
    subprocess.run(["tar", "-xzf", sdist, "-C", tmp_path], check=True)
    (unpacked,) = tmp_path.iterdir()
    assert built(unpacked, "wheel").read_bytes() == wheel.read_bytes()


@dataclass(frozen=True, slots=True)
class Installed:
    """The programs of an environment that has a wheel and what it depends on, and an empty folder to call them from."""

    programs: Path
    empty: Path

    @property
    def environment(self) -> dict[str, str]:
        """As ``env -i`` would have it, but for a home directory in which there is nothing."""
        return {"HOME": str(self.empty)}

    def run(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Call a program."""
        command = [str(self.programs / name), *map(str, arguments)]
        return subprocess.run(
            command, env=self.environment, cwd=self.empty, capture_output=True, text=True, check=False
        )

    def told(self, *arguments: object) -> str:
        """What ``harvest`` prints; it must end well and without a word of trouble."""
        ran = self.run("harvest", *arguments)
        assert (ran.returncode, ran.stderr) == (0, ""), arguments
        return ran.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an empty environment, with what the package index has for it today."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    subprocess.run([folder / "venv/bin/pip", "install", "--quiet", wheel], check=True)
    (folder / "empty").mkdir()
    return Installed(folder / "venv/bin", folder / "empty")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["harvest status", "harvest run", "harvest check", "harvest-schedule cron"])
def test_a_home_must_be_named(installed: Installed, command: str) -> None:
    """The one that comes with the program lies where nobody would look for a database."""
    ran = installed.run(*command.split())
    said = "no home is named: make one with `harvest init DIR`, name it with --home DIR or HARVEST_HOME"
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"{command.split()[0]}: {said}\n")


@pytest.mark.slow
def test_a_home_is_made_filled_told_served_and_passed_on(installed: Installed, tmp_path: Path) -> None:
    """All that it takes comes with the wheel, and nothing is written but to the folders that were named."""
    home, away = tmp_path / "home", tmp_path / "away"
    assert installed.told("init", home) == f"{home}: a fresh home; next: harvest --home {home} run\n"
    assert installed.told("--home", home, "load", SAMPLE) == ""
    sample = SAMPLE.read_text(encoding="utf-8")
    count = len(re.findall(r"<Pubmed(?:Book)?Article>", sample))
    assert f"{home}/ketamine.db: {count} invented studies" in installed.told("--home", home, "status")
    installed.told("--home", home, "digest", "--dry-run")
    installed.told("--home", home, "export", away, "--public")
    (snapshot,) = away.iterdir()
    assert (snapshot / "settings.json").read_bytes() == (home / "public.json").read_bytes()
    pmid = re.findall(r'<PMID Version="\d+">(\d+)', sample)[0]
    for folder in (home, snapshot):
        with serving(folder, installed.programs / "datasette", installed.environment, installed.empty) as address:
            for page in ("/", f"/study/{pmid}"):
                with urlopen(address + page) as answer:
                    assert answer.status == 200
    assert list(installed.empty.iterdir()) == []
    assert not list(installed.programs.parent.rglob("*.db"))


@pytest.mark.slow
def test_the_line_for_cron_names_the_installed_program(installed: Installed, tmp_path: Path) -> None:
    """And the home."""
    home = tmp_path / "home"
    installed.told("init", home)
    line = installed.run("harvest-schedule", "--home", home, "cron").stdout
    assert f" * * * {installed.programs / 'harvest'} --home {home} run # " in line
