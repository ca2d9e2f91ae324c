"""A home as it stands at this moment, in a dated folder of its own: to keep, to serve, to pass on.

    NAME.db             the database, packed; consistent also while a harvest writes to the home
    NAME.toml           the recipe, without what concerns its operator alone
    taxonomy, metadata.yaml, plugins, templates, static, settings.json, inspect-data.json
                        with these Datasette serves the folder as it is, and knows that it never changes
    counts.json         what it was made of: rows of each table, searches and how far they were followed, taxonomy
    DICTIONARY.md       what every table and column means
    CITATION.cff, NOTICE
                        how to cite it, and whose the records are
    parquet/            the tables once more, if asked for
    SHA256SUMS          the digest of every other file

Nothing in it tells when it was made but the date: two copies of one state made on one day are equal byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from harvest import __version__
from harvest import home as homes
from harvest.config import Abstracts, Config
from harvest.errors import ConfigError, StoreError
from harvest.lock import writing_to
from harvest.publish import dictionary, parquet, rights
from harvest.store import Store
from harvest.store.connection import Connection

SUMS = "SHA256SUMS"
"""The file by which a snapshot is known to be one."""

PUBLIC_SETTINGS = "public.json"
"""Datasette's settings for a site that is open to all, beside those for one's own machine."""

_COPIED = ("taxonomy", "taxonomy.yaml", "metadata.yaml", "settings.json", "plugins", "templates", "static")
_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".*", "*.db", "*.db-wal", "*.db-shm", "*.lock")

_NOTICE = """\
{title}

Records come from PubMed, courtesy of the U.S. National Library of Medicine (NLM). NLM does not endorse this collection,
and what is in it may not be the most current or accurate data that NLM has. It stands as of the dates in counts.json.

Abstracts may be under the copyright of their publishers or authors; NLM claims none and can give no permission in their
stead. {abstracts} Phrases of abstracts that a tag rests on are quoted.
Terms: https://www.nlm.nih.gov/databases/download/terms_and_conditions.html

Tags are made by rules from what a record says, some by people. This is an index of the literature, not medical advice.
The program that made it is under the Apache License 2.0.

Check that it is whole with: sha256sum --check {sums}
Look at it with: datasette FOLDER (plugins need harvest {version})
"""

_KEPT = {
    "full": "This copy holds them as PubMed has them.",
    "excerpt": "This copy holds the beginning of each.",
    "link": "This copy holds none of them: PubMed shows each at https://pubmed.ncbi.nlm.nih.gov/PMID/.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a snapshot is to be like: how much of the abstracts, set up for the public or not, with Parquet or not."""

    abstracts: Abstracts
    public: bool = False
    parquet: bool = False


def export(config: Config, dest: Path, wanted: Wanted, day: date) -> Path:
    """Make a snapshot of a home and return its folder; one of the same day is replaced when the new one is complete.

    Args:
        config: the home.
        dest: the folder that holds snapshots; it is made if need be.
        wanted: what the snapshot is to be like.
        day: its date.

    Raises:
        ConfigError: pyarrow is wanted and missing, or something else stands where the snapshot should.
        LockedError: another process is making a snapshot there.
        StoreError: there is no database, it cannot be read, or the snapshot not be written.
    """
    if wanted.parquet:
        parquet.require()
    if not config.database.exists():
        raise StoreError(f"{config.database}: no database yet; fill it with: harvest run")
    folder = dest / f"{config.name}-{day}"
    if folder.is_symlink() or (folder.exists() and not (folder / SUMS).is_file()):
        raise ConfigError(f"{folder}: something else stands where the snapshot should; name another folder")
    with _written(dest, config.name, folder) as partial:
        _fill(partial, config, wanted, day)
    return folder


def check(folder: Path) -> None:
    """Check that a snapshot is whole, which one that was brought from elsewhere need not be.

    Raises:
        ConfigError: a file of it is not there, or not as it was made.
    """
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise ConfigError(f"{folder / name}: not as {SUMS} says; bring or make the snapshot again")


@contextmanager
def _written(dest: Path, name: str, folder: Path) -> Iterator[Path]:
    """A folder beside the one wanted, which takes its place when the block has ended well and leaves nothing else."""
    partial = dest / f".{name}.partial"
    former = dest / f".{name}.former"
    held = dest / f".{name}"
    try:
        dest.mkdir(parents=True, exist_ok=True)
        with writing_to(held):
            try:
                _tidy(partial, former, folder)
                partial.mkdir()
                yield partial
                if folder.exists():
                    folder.rename(former)
                partial.rename(folder)
            finally:
                _tidy(partial, former, folder)
                held.with_name(f"{held.name}.lock").unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: no snapshot can be made here ({homes.reason(error)})") from None


def _tidy(partial: Path, former: Path, folder: Path) -> None:
    """Leave nothing of a snapshot that was cut off, and the former one in its place."""
    if former.exists() and not folder.exists():
        former.rename(folder)
    for left in (partial, former):
        shutil.rmtree(left, ignore_errors=True)


def _fill(folder: Path, config: Config, wanted: Wanted, day: date) -> None:
    _copy_home(folder, config.home, wanted)
    raw, packed = folder / "raw", folder / config.database.name
    with Store(config.database) as store:
        store.copy_to(raw)
    conn = Connection(raw, lambda: datetime.now(UTC))
    try:
        with conn.explained():
            rights.apply(conn, wanted.abstracts)
            conn.copy_to(packed)
            _describe(folder, config, wanted, day, conn)
            counts = _all_counts(conn)
    finally:
        conn.close()
        for left in folder.glob("raw*"):
            left.unlink()
    inspected = {"hash": _digest(packed), "size": packed.stat().st_size, "file": packed.name, "tables": counts}
    (folder / "inspect-data.json").write_text(_json({config.name: inspected}), encoding="utf-8")
    _write_sums(folder)


def _copy_home(folder: Path, home: Path, wanted: Wanted) -> None:
    """What Datasette serves beside the database, and nothing else that may lie in the home."""
    for name in _COPIED:
        source = home / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_LEFT_BEHIND)
        elif source.exists():
            shutil.copyfile(source, folder / name)
    if wanted.public:
        own = home / PUBLIC_SETTINGS
        shutil.copyfile(own if own.exists() else homes.SHIPPED / PUBLIC_SETTINGS, folder / "settings.json")


def _describe(folder: Path, config: Config, wanted: Wanted, day: date, conn: Connection) -> None:
    """Everything that is told of the data beside them."""
    tables = rights.tables(conn)
    meanings = dictionary.meanings(config.home)
    title = config.recipe.tracker.title
    notice = _NOTICE.format(title=title, abstracts=_KEPT[wanted.abstracts], version=__version__, sums=SUMS)
    for name, content in {
        f"{config.name}.toml": _recipe(config, wanted.abstracts),
        "DICTIONARY.md": dictionary.text(title, conn, tables, meanings),
        "CITATION.cff": _citation(config, day),
        "NOTICE": notice,
        "counts.json": _json(_counts(config, wanted.abstracts, day, conn, tables)),
    }.items():
        (folder / name).write_text(content, encoding="utf-8")
    if wanted.parquet:
        parquet.write(conn, folder / "parquet", tables, {name: one.columns for name, one in meanings.items()})


def _recipe(config: Config, abstracts: Abstracts) -> str:
    """The recipe for whoever is given the snapshot: no contact, no feed addresses, which PubMed gave to one person."""
    tracker, publish = config.recipe.tracker, config.recipe.publish
    parts: list[tuple[str, dict[str, Any]]] = [
        ("[tracker]", {"title": tracker.title, "facets": list(tracker.facets)}),
        ("[limits]", {"stale_days": config.recipe.limits.stale_days}),
        ("[publish]", publish.model_dump() | {"abstracts": abstracts}),
        *(("[[searches]]", {"name": one.name, "term": one.expression}) for one in config.recipe.searches),
    ]
    lines = ["# What this snapshot was made by, without what concerns its operator alone."]
    for header, values in parts:
        lines += ["", header, *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())]
    return "\n".join([*lines, ""])


def _citation(config: Config, day: date) -> str:
    title, address = config.recipe.tracker.title, config.recipe.publish.address
    return yaml.safe_dump(
        {
            "cff-version": "1.2.0",
            "message": "Cite the studies themselves; for this collection as a whole, cite this.",
            "type": "dataset",
            "title": title,
            "authors": [{"name": title}],
            "abstract": "An index of records from PubMed, U.S. National Library of Medicine, with tags.",
            "version": day.isoformat(),
            "date-released": day,
            "license-url": "https://www.nlm.nih.gov/databases/download/terms_and_conditions.html",
        }
        | ({"url": address} if address else {}),
        sort_keys=False,
        allow_unicode=True,
    )


def _counts(config: Config, abstracts: Abstracts, day: date, conn: Connection, tables: Sequence[str]) -> dict[str, Any]:
    followed = conn.execute("SELECT name, kind, watermark, last_success, total FROM sources ORDER BY name")
    sources = {row["name"]: dict(row) for row in followed}
    return {
        "name": config.name,
        "title": config.recipe.tracker.title,
        "date": day.isoformat(),
        "kind": conn.fact("kind"),
        "harvest": __version__,
        "taxonomy": conn.fact("taxonomy"),
        "revision": conn.fact("revision"),
        "abstracts": abstracts,
        "searches": {one.name: one.expression for one in config.recipe.searches},
        "sources": sources,
        "tables": {name: _rows(conn, name) for name in tables},
    }


def _rows(conn: Connection, table: str) -> int:
    return int(conn.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def _all_counts(conn: Connection) -> dict[str, dict[str, int]]:
    """The rows of every table as Datasette counts them, those too that hold the search index."""
    names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {name: {"count": _rows(conn, name)} for (name,) in names}


def _write_sums(folder: Path) -> None:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{_digest(folder / name)}  {name}\n" for name in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
