"""The SQL function ``fts_quote``: what a reader types, as an expression for FTS5 that is never a syntax error."""

import sqlite3

from pluggy import HookimplMarker

from harvest.catalogue.query import parse, quoted

hookimpl = HookimplMarker("datasette")


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give every connection the function ``fts_quote(text)``."""
    conn.create_function("fts_quote", 1, fts_quote, deterministic=True)


def fts_quote(text: str) -> str:
    """What was typed, read as the search box reads it, with all words and phrases wanted and no tags looked for.

    Nothing to search for gives the empty phrase, which FTS5 finds nowhere.
    """
    query = parse(text)
    wanted = [*map(quoted, query.words.split()), *(clause.expression for clause in query.required)] or ['""']
    unwanted = [clause.expression for clause in query.excluded]
    return " ".join(wanted) + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")
