"""What of a copy of the database others may have: no e-mail addresses, no paths of its host, so much of the abstracts.

The copy itself is changed, so that whatever is made from it, a page or a snippet, keeps to that without knowing of it.
Phrases that tags rest on stay: they are short quotations. Where the text around one is cut off, its place goes too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from harvest.config import Abstracts
from harvest.store.connection import Connection

LONGEST = 400
"""Characters of the longest excerpt; it is half of the abstract at most."""

LEFT_OUT = "(left out)"
"""Stands for a former abstract where none is passed on."""

BATCH = 1000

_EMAIL = re.compile(r"""[^\s()\[\]<>{},;:"'|=/@＠]+[@＠][\w-]+(?:[.][\w-]+)+""")
_FOLDERS = re.compile(r"""(?<![\w/:.~-])~?/(?:[^\s/:;,'"()]+/)+""")

_WHOLE_WORDS = re.compile(r".*\S(?=\s)", re.DOTALL)

_IDENTIFIERS = {"doi", "value", "accession", "source_id", "fingerprint", "rules"}
"""Columns that may hold an @ and no address."""

_TABLES = """
SELECT name FROM sqlite_master
WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_*' AND name NOT GLOB 'studies_fts*'
ORDER BY name
"""

REPLICATED = ("_litestream_lock", "_litestream_seq")
"""What Litestream notes in a database that it replicates."""

_DISPLACED = """
UPDATE tag_evidence SET "start" = NULL, "end" = NULL
WHERE section > 0 AND "start" IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM sections
  WHERE sections.pmid = tag_evidence.pmid AND sections.section = tag_evidence.section
    AND substr(text, "start" + 1, "end" - "start") = phrase
)
"""


def apply(conn: Connection, abstracts: Abstracts) -> None:
    """Take out of a copy of the database what others may not have, and index what is left for searching.

    What was taken out may still lie in unused parts of the file: pass on a copy of it (``copy_to``).

    Args:
        conn: the copy; it is not the database itself.
        abstracts: how much of each abstract stays.
    """
    conn.execute("BEGIN")
    for table in REPLICATED:
        conn.execute(f"DROP TABLE IF EXISTS {table}")
    for table in tables(conn):
        for column in _texts(conn, table):
            _rewrite(conn, table, column, "@", without_addresses)
            _rewrite(conn, table, column, "＠", without_addresses)
    for table in ("runs", "run_sources"):
        _rewrite(conn, table, "error", "/", without_folders)
    if abstracts == "excerpt":
        _excerpts(conn)
    elif abstracts == "link":
        _links(conn)
    conn.execute(_DISPLACED)
    conn.set_fact("abstracts", abstracts)
    conn.execute("INSERT INTO studies_fts (studies_fts) VALUES ('rebuild')")
    conn.execute("INSERT INTO studies_fts (studies_fts) VALUES ('optimize')")
    conn.execute("COMMIT")


def tables(conn: Connection) -> list[str]:
    """The tables of a database that hold data for readers."""
    return [name for (name,) in conn.execute(_TABLES)]


def without_addresses(text: str) -> str:
    """A text with each e-mail address blotted out; every other character stays in its place."""
    return _EMAIL.sub(lambda match: "•" * len(match[0]), text)


def without_folders(text: str) -> str:
    """A text without the folders of the files that it names."""
    return _FOLDERS.sub("…/", text)


def excerpt(texts: Sequence[str]) -> list[str]:
    """The beginning of the parts of an abstract; the part in which it ends says so by "…"."""
    room = min(LONGEST, sum(map(len, texts)) // 2)
    kept: list[str] = []
    for text in texts:
        if len(text) > room:
            return [*kept, _beginning(text, room)]
        kept.append(text)
        room -= len(text)
    return kept


def _beginning(text: str, room: int) -> str:
    """So many characters of a text at most, cut at a blank if there is one."""
    whole_words = _WHOLE_WORDS.match(text[:room])
    kept = (whole_words[0] if whole_words else text[:room]).rstrip()
    return f"{kept} …" if kept else "…"


def _texts(conn: Connection, table: str) -> list[str]:
    """The columns of a table that hold words."""
    columns = conn.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return [name for name, kind in columns if kind == "TEXT" and name not in _IDENTIFIERS]


def _rewrite(conn: Connection, table: str, column: str, mark: str, rewritten: Callable[[str], str]) -> None:
    """Rewrite the texts of a column in which a mark stands."""
    found = conn.execute(f'SELECT rowid, "{column}" FROM "{table}" WHERE instr("{column}", ?)', (mark,)).fetchall()
    changed = [(rewritten(text), row) for row, text in found if rewritten(text) != text]
    conn.executemany(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', changed)


def _links(conn: Connection) -> None:
    """Leave out every abstract; that there was one stays known by an empty text."""
    conn.execute("DELETE FROM sections WHERE section > 0")
    conn.execute("DELETE FROM other_abstracts")
    conn.execute("UPDATE studies SET abstract = '' WHERE abstract IS NOT NULL")
    for column in ("old", "new"):
        conn.execute(f"UPDATE changes SET {column} = ? WHERE field = 'abstract' AND {column} IS NOT NULL", (LEFT_OUT,))


def _excerpts(conn: Connection) -> None:
    """Keep the beginning of every abstract."""
    for pmids in _batches(conn):
        for pmid, sections in _sections(conn, pmids):
            _cut(conn, pmid, sections)
    for table, column, where in (
        ("other_abstracts", "text", ""),
        ("changes", "old", "field = 'abstract'"),
        ("changes", "new", "field = 'abstract'"),
    ):
        condition = f"{where or 1} AND {column} IS NOT NULL"
        found = conn.execute(f"SELECT rowid, {column} FROM {table} WHERE {condition}").fetchall()
        cut = [(excerpt([text])[0], row) for row, text in found]
        conn.executemany(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", cut)


def _batches(conn: Connection) -> Iterator[tuple[int, int]]:
    """The first and the last PMID of some studies, and so on to the last study."""
    last = -1
    while True:
        found = conn.execute("SELECT pmid FROM studies WHERE pmid > ? ORDER BY pmid LIMIT ?", (last, BATCH)).fetchall()
        if not found:
            return
        last = found[-1][0]
        yield found[0][0], last


def _sections(conn: Connection, pmids: tuple[int, int]) -> list[tuple[int, list[tuple[int, str | None, str]]]]:
    """The parts of the abstracts of some studies: number, label and text of each."""
    found = conn.execute(
        "SELECT pmid, section, label, text FROM sections WHERE section > 0 AND pmid BETWEEN ? AND ?"
        " ORDER BY pmid, section",
        pmids,
    ).fetchall()
    return [(pmid, [tuple(row)[1:] for row in rows]) for pmid, rows in groupby(found, itemgetter(0))]


def _cut(conn: Connection, pmid: int, sections: Sequence[tuple[int, str | None, str]]) -> None:
    kept = excerpt([text for _, _, text in sections])
    last = sections[len(kept) - 1][0]
    conn.execute("UPDATE sections SET text = ? WHERE pmid = ? AND section = ?", (kept[-1], pmid, last))
    conn.execute("DELETE FROM sections WHERE pmid = ? AND section > ?", (pmid, last))
    labels = [label for _, label, _ in sections]
    joined = "\n\n".join(f"{label}: {text}" if label else text for label, text in zip(labels, kept, strict=False))
    conn.execute("UPDATE studies SET abstract = ? WHERE pmid = ?", (joined, pmid))
