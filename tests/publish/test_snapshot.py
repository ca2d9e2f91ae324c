"""A snapshot is a home that is whole, consistent, the same twice, and says what is in it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from harvest import config as recipe
from harvest import home as homes
from harvest.cli import main
from harvest.errors import ConfigError, LockedError, StoreError
from harvest.home import SHIPPED
from harvest.lock import writing_to
from harvest.publish import dictionary, rights, snapshot
from harvest.publish.snapshot import SUMS, Wanted, export
from harvest.store import Store
from harvest.store.migrations import migrations
from tests.db.conftest import database
from tests.db.filled import fill
from tests.db.site import Site

DAY = date(2026, 11, 22)
FULL = Wanted("full")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a few studies."""
    folder = tmp_path / "home"
    homes.make(folder)
    with database(folder) as opened:
        fill(opened, kind="live")
    Store(folder / "ketamine.db").close()
    return folder


def made(home: Path, dest: Path, wanted: Wanted = FULL, day: date = DAY) -> Path:
    return export(recipe.load(home, {}), dest, wanted, day)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def harvest(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_it_is_one_dated_folder_and_nothing_else(home: Path, tmp_path: Path) -> None:
    """Named after the recipe and the day; no lock, no half-made copy is left."""
    assert made(home, tmp_path / "out") == tmp_path / "out" / "ketamine-2026-11-22"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["ketamine-2026-11-22"]


def test_it_holds_all_that_is_needed_and_told(home: Path, tmp_path: Path) -> None:
    """And nothing that merely lies in the home."""
    (home / "notes.txt").write_text("mine")
    (home / ".env").write_text("NCBI_API_KEY=x")
    names = {path.name for path in made(home, tmp_path / "out").iterdir()}
    assert names == {
        *("ketamine.db", "ketamine.toml", "taxonomy", "metadata.yaml", "settings.json", "inspect-data.json"),
        *("plugins", "templates", "static", "counts.json", "DICTIONARY.md", "CITATION.cff", "NOTICE", SUMS),
    }


def test_the_sums_are_those_of_every_file(home: Path, tmp_path: Path) -> None:
    """In the form that ``sha256sum --check`` reads."""
    files = contents(made(home, tmp_path / "out", Wanted("full", parquet=True)))
    lines = files.pop(SUMS).decode().splitlines()
    assert lines == [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]
    assert "parquet/studies.parquet" in files


@pytest.mark.parametrize("abstracts", ["full", "excerpt", "link"])
def test_two_of_one_state_are_equal_byte_for_byte(home: Path, tmp_path: Path, abstracts: recipe.Abstracts) -> None:
    """Of another day they differ by the date alone."""
    wanted = Wanted(abstracts, public=True, parquet=True)
    first, second = (contents(made(home, tmp_path / name, wanted)) for name in ("a", "b"))
    assert first == second
    later = contents(made(home, tmp_path / "a", wanted, date(1999, 12, 31)))
    dated = {"CITATION.cff", "counts.json", SUMS}
    assert {name for name in later if later[name] != first[name]} == dated
    assert later["counts.json"].replace(b"1999-12-31", b"2026-11-22") == first["counts.json"]


def test_the_database_is_whole_and_says_what_the_home_says(home: Path, tmp_path: Path) -> None:
    """Every row of every table, in a file of its own that needs no other beside it."""
    folder = made(home, tmp_path / "out")
    copied, own = (sqlite3.connect(path / "ketamine.db") for path in (folder, home))
    assert copied.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert copied.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    tables = [name for (name,) in own.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in set(tables) - {"about"} - {name for name in tables if name.startswith("studies_fts")}:
        assert copied.execute(f"SELECT * FROM {table}").fetchall() == own.execute(f"SELECT * FROM {table}").fetchall()
    copied.close()
    own.close()


def test_the_counts_are_those_of_the_tables(home: Path, tmp_path: Path) -> None:
    """With the search, how far it was followed, and the rules that tagged."""
    folder = made(home, tmp_path / "out")
    told = json.loads((folder / "counts.json").read_text())
    with Store(home / "ketamine.db") as store:
        counts = {name: store.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in told["tables"]}
        assert told["tables"] == counts | {"about": counts["about"] + 1}  # it says how much of the abstracts is in it
        assert told["sources"]["pubmed"]["watermark"] == "2026-11-20"
        assert told["taxonomy"] == store.fact("taxonomy")
    assert set(told["tables"]) == set(dictionary.meanings(SHIPPED)) - {"studies_fts", "_sqlite_migrations"}
    assert told["searches"] == {one.name: one.expression for one in recipe.load(SHIPPED, {}).recipe.searches}
    assert (told["date"], told["kind"], told["abstracts"]) == ("2026-11-22", "live", "full")


def test_every_column_is_in_the_dictionary(home: Path, tmp_path: Path) -> None:
    """By the words of the pages, with what the schema says of it."""
    told = (made(home, tmp_path / "out") / "DICTIONARY.md").read_text()
    for name, meaning in dictionary.meanings(SHIPPED).items():
        if name not in ("studies_fts", "_sqlite_migrations"):
            assert f"\n## `{name}`: {meaning.title}\n" in told
            assert all(f"\n| `{column}` | " in told for column in meaning.columns)
    assert "\n| `author_id` | INTEGER | `authors` | The name |\n" in told
    assert "\n| `pmid` | INTEGER | primary, `studies` | The study |\n" in told


def test_it_can_be_cited(home: Path, tmp_path: Path) -> None:
    """In the Citation File Format, with its date, and its address if it has one."""
    text = (home / "ketamine.toml").read_text()
    (home / "ketamine.toml").write_text(
        text.replace("[publish]", '[publish]\naddress = "https://tracker.example.org/"')
    )
    cited = yaml.safe_load((made(home, tmp_path / "out") / "CITATION.cff").read_text())
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    assert cited["date-released"] == DAY
    assert cited["url"] == "https://tracker.example.org"
    assert {"message", "title", "authors"} <= set(cited)


def test_the_recipe_in_it_is_right_and_keeps_to_itself_what_is_the_operators(home: Path, tmp_path: Path) -> None:
    """No contact, no feed address; title, facets and searches as they were, with what was made of the abstracts."""
    text = (home / "ketamine.toml").read_text().replace('email = ""', 'email = "me@example.org"')
    text = text.replace("stale_days = 3", "stale_days = 9")
    feed = '[[feeds]]\nname = "newest"\nurl = "https://pubmed.ncbi.nlm.nih.gov/rss/search/issued-to-me/"\n'
    (home / "ketamine.toml").write_text(f"{text}\n{feed}")
    folder = made(home, tmp_path / "out", Wanted("link"))
    told, own = (recipe.load(one, {}).recipe for one in (folder, home))
    assert (told.tracker, told.publish.abstracts, told.limits.stale_days) == (own.tracker, "link", 9)
    assert [one.expression for one in told.searches] == [one.expression for one in own.searches]
    assert not [
        name for name, content in contents(folder).items() if b"me@example" in content or b"issued-to-me" in content
    ]


def test_datasette_serves_it_as_what_never_changes(home: Path, tmp_path: Path) -> None:
    """With the counts that it would have to make, and the pages of the home."""
    with Site(made(home, tmp_path / "out")) as site:
        assert "Memory after repeated infusions" in site.page("/search")
        [database] = site.get("/-/databases.json").json()
        assert not database["is_mutable"]
        assert site.get("/ketamine.json").json()["tables"][0]["count"] is not None


def test_its_database_can_be_put_back_into_the_home(home: Path, tmp_path: Path) -> None:
    """And followed up from there as if nothing had happened."""
    folder = made(home, tmp_path / "out")
    before = harvest("status", "--home", home)
    for path in home.glob("ketamine.db*"):
        path.unlink()
    (home / "ketamine.db").write_bytes((folder / "ketamine.db").read_bytes())
    after = harvest("status", "--home", home)
    assert (after.exit_code, after.output) == (0, before.output)
    again = made(home, tmp_path / "again")
    assert (again / "counts.json").read_text() == (folder / "counts.json").read_text()


def test_one_of_the_same_day_is_replaced_by_a_whole_one(home: Path, tmp_path: Path) -> None:
    """And not before it is whole: when it cannot be made, the former one stays as it was."""
    folder = made(home, tmp_path / "out")
    before = contents(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "_write_sums", _full_disk)
        with pytest.raises(StoreError, match=r"no snapshot can be made here .*No space left"):
            made(home, tmp_path / "out")
    assert contents(folder) == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == [folder.name]
    assert made(home, tmp_path / "out", Wanted("link")) == folder
    assert contents(folder) != before


def _full_disk(_: Path) -> None:
    raise OSError(28, "No space left on device")


def test_what_a_killed_one_left_is_cleared_away(home: Path, tmp_path: Path) -> None:
    """And the former one is put back if it was just being replaced."""
    folder = made(home, tmp_path / "out")
    folder.rename(tmp_path / "out" / ".ketamine.former")
    (tmp_path / "out" / ".ketamine.partial").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "_fill", _full_disk_while_filling)
        with pytest.raises(StoreError):
            made(home, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [folder.name]


def _full_disk_while_filling(folder: Path, *_: object) -> None:
    _full_disk(folder)


def test_two_at_a_time_are_one_too_many(home: Path, tmp_path: Path) -> None:
    """The second one is told so."""
    (tmp_path / "out").mkdir()
    with writing_to(tmp_path / "out" / ".ketamine"), pytest.raises(LockedError):
        made(home, tmp_path / "out")


def test_what_is_no_snapshot_is_left_alone(home: Path, tmp_path: Path) -> None:
    """A folder, or a file, of the same name."""
    taken = tmp_path / "ketamine-2026-11-22"
    taken.mkdir()
    (taken / "mine").write_text("mine")
    with pytest.raises(ConfigError, match="something else stands"):
        made(home, tmp_path)
    assert (taken / "mine").read_text() == "mine"


def test_it_is_consistent_while_a_harvest_writes(home: Path, tmp_path: Path) -> None:
    """What a transaction writes is in it as a whole or not at all, and the writer does not wait for it."""
    stop = threading.Event()
    written: list[int] = []
    writer = threading.Thread(target=_write_until, args=(home / "ketamine.db", stop, written))
    writer.start()
    try:
        folders = [made(home, tmp_path / str(number)) for number in range(5)]
    finally:
        stop.set()
        writer.join()
    seen = []
    for folder in folders:
        conn = sqlite3.connect(folder / "ketamine.db")
        misses, withdrawals = (
            conn.execute(f"SELECT count(*) FROM {table} WHERE pmid > 990000000").fetchone()[0]
            for table in ("misses", "withdrawals")
        )
        assert misses == withdrawals
        assert json.loads((folder / "counts.json").read_text())["tables"]["withdrawals"] == withdrawals
        seen.append(misses)
        conn.close()
    assert written[-1] >= seen[-1] > 0
    assert seen == sorted(seen)


def _write_until(path: Path, stop: threading.Event, written: list[int]) -> None:
    """Write to two tables in each transaction, as a harvest would."""
    conn = sqlite3.connect(path, isolation_level=None, timeout=30)
    number = 0
    while not stop.is_set():
        number += 1
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("INSERT INTO misses VALUES (?, '2026-11-22')", (990_000_000 + number,))
        conn.execute("INSERT INTO withdrawals VALUES (?, '2026-11-22')", (990_000_000 + number,))
        conn.execute("COMMIT")
        written.append(number)
    conn.close()


def test_the_home_is_as_it_was(home: Path, tmp_path: Path) -> None:
    """A snapshot is only read from it."""
    before = {name: content for name, content in contents(home).items() if not name.endswith(("-wal", "-shm", ".pyc"))}
    made(home, tmp_path / "out", Wanted("link"))
    after = contents(home)
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize(
    ("said", "options", "kept"),
    [
        ("", [], "full"),
        ("", ["--public"], "excerpt"),
        ('abstracts = "link"', [], "link"),
        ('abstracts = "link"', ["--public"], "link"),
        ('abstracts = "full"', ["--public"], "full"),
        ('abstracts = "full"', ["--public", "--abstracts", "excerpt"], "excerpt"),
    ],
)
def test_the_recipe_or_the_command_line_says_how_much(
    home: Path, tmp_path: Path, said: str, options: list[str], kept: str
) -> None:
    """Full on one's own machine and excerpts for the public, unless somebody says otherwise; nothing is printed."""
    text = (home / "ketamine.toml").read_text()
    (home / "ketamine.toml").write_text(text.replace("[publish]", f"[publish]\n{said}"))
    result = harvest("export", tmp_path / "out", "--home", home, *options)
    assert (result.exit_code, result.output) == (0, "")
    [folder] = (tmp_path / "out").iterdir()
    assert json.loads((folder / "counts.json").read_text())["abstracts"] == kept
    settings = json.loads((folder / "settings.json").read_text())
    assert ("default_allow_sql" in settings) == ("--public" in options)


def test_a_home_without_a_database_is_told_what_to_do(tmp_path: Path) -> None:
    """In one line, with exit code 1, and nothing is made."""
    homes.make(tmp_path / "home")
    result = harvest("export", tmp_path / "out", "--home", tmp_path / "home")
    assert result.exit_code == 1
    assert (
        result.output == f"harvest: {tmp_path / 'home' / 'ketamine.db'}: no database yet; fill it with: harvest run\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_said_to_be_so(home: Path, tmp_path: Path) -> None:
    """Here a file stands in its way."""
    (tmp_path / "file").write_text("")
    result = harvest("export", tmp_path / "file", "--home", home)
    assert result.exit_code == 1
    assert "no snapshot can be made here" in result.output
    assert len(result.output.splitlines()) == 1


def test_a_wrong_way_with_abstracts_is_refused_by_its_key(home: Path) -> None:
    """As any other fault of the recipe."""
    text = (home / "ketamine.toml").read_text()
    (home / "ketamine.toml").write_text(text.replace("[publish]", '[publish]\nabstracts = "half"'))
    with pytest.raises(ConfigError, match=r"publish\.abstracts: Input should be 'full', 'excerpt' or 'link'"):
        recipe.load(home, {})


def test_no_table_of_the_schema_is_forgotten(home: Path) -> None:
    """Those that are told of are all but the search index and the list of migrations."""
    with database(home) as opened:
        migrations.apply(opened)
        names = {name for name in opened.table_names() if not name.startswith(("studies_fts", "_", "sqlite_"))}
    with Store(home / "ketamine.db") as store:
        assert {row["name"] for row in store.rows(rights._TABLES)} == names
