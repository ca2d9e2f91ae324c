"""A fresh home holds all that is needed, and nothing that was harvested."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest import config, home
from harvest.errors import ConfigError


def test_a_fresh_home_is_a_working_one_without_a_database(tmp_path: Path) -> None:
    """Recipe, taxonomy and pages come along; databases, locks and caches do not."""
    home.make(tmp_path / "new")
    made = config.load(tmp_path / "new", {})
    assert made.taxonomy.exists()
    names = {path.name for path in (tmp_path / "new").rglob("*")}
    assert {"metadata.yaml", "settings.json", "templates", "plugins"} <= names
    assert not any(name.endswith((".db", ".db-wal", ".lock", ".pyc")) for name in names)


def test_what_replicates_a_database_stays_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh home does not get the state that Litestream keeps beside another one's database."""
    (tmp_path / "shipped" / ".ketamine.db-litestream").mkdir(parents=True)
    monkeypatch.setattr(home, "SHIPPED", tmp_path / "shipped")
    home.make(tmp_path / "new")
    assert not list((tmp_path / "new").iterdir())


def test_the_home_of_a_checkout_need_not_be_named() -> None:
    """It is the one that others are made from."""
    assert home.default() == home.SHIPPED == Path("db").resolve()


def test_the_home_within_a_program_is_not_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installed a wheel is told to make one."""
    monkeypatch.setattr(home, "SHIPPED", home.PACKED)
    with pytest.raises(ConfigError, match=r"no home is named: make one with `harvest init DIR`"):
        home.default()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """Nothing is overwritten."""
    (tmp_path / "mine").write_text("mine")
    for folder in (tmp_path, tmp_path / "mine"):
        with pytest.raises(ConfigError, match="not an empty folder"):
            home.make(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path: Path) -> None:
    """Here a file stands where its parent should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="no home can be made here") as caught:
        home.make(tmp_path / "file" / "new")
    assert str(caught.value).endswith("(Not a directory)")


def test_a_file_that_cannot_be_copied_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it is a link to nothing; one line with the reason."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "link").symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(home, "SHIPPED", shipped)
    with pytest.raises(ConfigError, match=r"new: no home can be made here \(.*No such file"):
        home.make(tmp_path / "new")


def test_an_empty_folder_may_be_there_already(tmp_path: Path) -> None:
    """A mounted volume, say."""
    home.make(tmp_path)
    assert config.load(tmp_path, {}).name == "ketamine"
