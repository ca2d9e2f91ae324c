"""``harvest bulk`` as an operator uses it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harvest import home as homes
from harvest.cli import main
from harvest.lock import writing_to
from harvest.store import Store
from tests.bulk.files import about, deletion, other, write


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home."""
    homes.make(tmp_path / "home")
    return tmp_path / "home"


def bulk(home: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["bulk", "--home", str(home), *map(str, arguments)])


def test_it_is_silent_and_stores_what_the_recipe_asks_for(home: Path, tmp_path: Path) -> None:
    """In another process, with tags; a second call has nothing to do."""
    paths = [
        write(tmp_path, 2, deletion(970_000_102), with_sum=True),
        write(tmp_path, 1, about(970_000_101), about(970_000_102), other(970_000_103), with_sum=True),
    ]
    sums = [path.with_name(path.name + ".md5") for path in paths]
    for _ in range(2):
        result = bulk(home, *paths, *sums)
        assert (result.exit_code, result.output) == (0, "")
    with Store(home / "ketamine.db") as store:
        rows = store.rows("SELECT pmid, missing_since IS NOT NULL AS gone FROM studies ORDER BY pmid")
        assert rows == [{"pmid": 970_000_101, "gone": 0}, {"pmid": 970_000_102, "gone": 1}]
        assert [run["new"] for run in store.rows("SELECT new FROM runs ORDER BY id")] == [2, 0]


def test_a_damaged_file_is_one_line_and_exit_code_1(home: Path, tmp_path: Path) -> None:
    """The rest is stored."""
    cut, fine = write(tmp_path, 1, about(970_000_101)), write(tmp_path, 2, about(970_000_102))
    cut.write_bytes(cut.read_bytes()[:-30])
    result = bulk(home, cut, fine)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"harvest: {cut}: the gzip data is cut off; it is left for the next call\n"
    with Store(home / "ketamine.db") as store:
        assert store.studies.held() == {970_000_102}


def test_a_recipe_without_a_search_is_exit_code_2(home: Path, tmp_path: Path) -> None:
    """Nothing tells what to look for."""
    recipe = home / "ketamine.toml"
    kept = recipe.read_text().partition("[[searches]]")[0]
    recipe.write_text(kept + '[[feeds]]\nname = "newest"\nurl = "https://example.org/feed"\n')
    result = bulk(home, write(tmp_path, 1, about(970_000_101)))
    assert result.exit_code == 2
    assert "there is no search in the recipe" in result.stderr


def test_another_writer_is_exit_code_3(home: Path, tmp_path: Path) -> None:
    """One at a time."""
    with writing_to(home / "ketamine.db"):
        assert bulk(home, write(tmp_path, 1, about(970_000_101))).exit_code == 3


def test_a_scheduler_without_dask_is_exit_code_2(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = bulk(home, "--scheduler", "tcp://127.0.0.1:1", write(tmp_path, 1, about(970_000_101)))
    assert result.exit_code == 2
    assert "pip install distributed" in result.stderr
