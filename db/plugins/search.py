"""The SQL function ``fts_quote``: what a reader types, as an expression for FTS5 that is never a syntax error."""

import re
import sqlite3

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

LONGEST_SEARCH = 1000
"""Characters that are read of a search: FTS5 gives up on an expression of some thousand words."""

_PIECE = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give every connection the function ``fts_quote(text)``."""
    conn.create_function("fts_quote", 1, fts_quote, deterministic=True)


def fts_quote(text: str) -> str:
    """Words, ``"phrases in quotes"`` and ``-exclusions`` as an FTS5 expression in which each piece is quoted.

    A quote without its partner is ignored. Exclusions with nothing to exclude them from are searched as words. Nothing
    to search for gives the empty phrase, which FTS5 finds nowhere.
    """
    pieces = _PIECE.findall(text.replace("\0", " ")[:LONGEST_SEARCH])
    wanted = [f'"{phrase or word}"' for minus, phrase, word in pieces if not minus]
    unwanted = [f'"{phrase or word}"' for minus, phrase, word in pieces if minus]
    if not (wanted and unwanted):
        return " ".join(wanted or unwanted) or '""'
    return f"{' '.join(wanted)} NOT ({' OR '.join(unwanted)})"
