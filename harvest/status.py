"""How a home stands: how fresh and how complete it is, what waits, what failed, what changed.

The questions are the saved queries of the shipped home, which fit the schema of this version of the program; the pages
of a home ask the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from harvest.catalogue.harvests import HEALTH, State, health_of
from harvest.config import Config
from harvest.home import SHIPPED
from harvest.store import Store
from harvest.words import first_of

Row = dict[str, Any]
Ask = Callable[[str], Iterable[Mapping[str, Any]]]
"""Asks a database; gives the rows by the names of their columns."""

RUNS_SHOWN = 5
"""How many of the last runs a terminal shows."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source: how far it has been followed, how much of it is here, and what came of its last run.

    ``in_pubmed`` is the number of studies that PubMed has for the whole search, ``None`` where it was not asked or for
    a feed; ``here`` the number of studies held that the source named; ``pending`` and ``missing`` those that are not.
    ``promised`` is what PubMed promised to the last run and ``received`` what it named then; like ``new``
    and ``revised`` they are ``None`` where that run was cut off before it knew. ``result`` says what came of it.
    """

    name: str
    kind: str
    stored_up_to: str | None = None
    last_success: str | None = None
    in_pubmed: int | None = None
    here: int = 0
    pending: int = 0
    missing: int = 0
    last_run: int | None = None
    result: str | None = None
    promised: int | None = None
    received: int | None = None
    new: int | None = None
    revised: int | None = None
    error: str | None = None
    warnings: str | None = None
    translated_query: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A home. Moments are ISO in UTC.

    ``status`` is the word that ``/-/health`` says. ``failure`` is what went wrong in the last harvest, ``last_success``
    the end of the last one without any failure, ``running_since`` the beginning of one that has not ended. ``pending``,
    ``missing`` and ``withdrawn`` count PMIDs; ``not_here`` names the first two of them. ``lag`` is in days, ``None``
    before a regular run has brought anything.
    """

    database: str
    kind: str | None
    status: State
    failure: str | None
    studies: int
    newest_entered: str | None
    last_success: str | None
    running_since: str | None
    pending: int
    missing: int
    withdrawn: int
    sources: tuple[SourceStatus, ...]
    not_here: tuple[Row, ...]
    lag: Row | None
    last_run: Row | None
    runs: tuple[Row, ...]
    changes: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """The status for a program."""
        return asdict(self)


def status_of(config: Config, store: Store, now: datetime) -> Status:
    """Read how a home stands at a moment, which has a time zone."""
    ask = store.rows
    runs = answers(ask, "last_runs")
    health = health_of(ask(HEALTH)[0], now, config.recipe.limits.stale_days)
    return Status(
        database=str(config.database),
        kind=store.studies.kind(),
        status=health.status,
        failure=health.failure,
        sources=tuple(_sources(config, ask)),
        not_here=answers(ask, "missing"),
        lag=next(iter(answers(ask, "lag")), None),
        last_run=runs[0] if runs else None,
        runs=runs,
        changes=answers(ask, "changes_by_column"),
        **answers(ask, "standing")[0],
    )


def lines_of(status: Status) -> list[str]:
    """The status for a person."""
    return [
        summary_of(status),
        *_attention(status),
        *_waiting(status),
        *(line for source in status.sources for line in _source_lines(source)),
        *_feeds(status),
        _lag_line(status.lag),
        *_changes(status),
        *map(_run_line, status.runs[:RUNS_SHOWN]),
    ]


def summary_of(status: Status) -> str:
    """One line: how many studies there are and how fresh they are."""
    what = "invented studies (sample data)" if status.kind == "sample" else "studies"
    fresh = (
        f"last successful harvest {_moment(status.last_success)}"
        if status.last_success
        else "no successful harvest yet"
    )
    return f"{status.database}: {status.studies:,} {what}; {fresh}"


@cache
def _questions() -> dict[str, Row]:
    metadata = yaml.safe_load((SHIPPED / "metadata.yaml").read_text(encoding="utf-8"))
    (database,) = metadata["databases"].values()
    queries: dict[str, Row] = database["queries"]
    return queries


def answers(ask: Ask, question: str) -> tuple[Row, ...]:
    """What a saved query finds."""
    return tuple(map(dict, ask(_questions()[question]["sql"])))


def _sources(config: Config, ask: Ask) -> Iterator[SourceStatus]:
    """The sources of the recipe, asked before or not."""
    entries = [(entry.name, "search") for entry in config.recipe.searches]
    entries += [(entry.name, "feed") for entry in config.recipe.feeds]
    known = {row.pop("source"): row for row in answers(ask, "completeness")}
    for name, kind in entries:
        yield SourceStatus(**known.get(name, {}) | {"name": name, "kind": kind})


def _attention(status: Status) -> Iterator[str]:
    """What went wrong with the last run, or that one has not ended, or that there was none for too long."""
    if status.running_since:
        yield f"a run began {_moment(status.running_since)} and has not ended: it is under way, or was cut off"
    elif status.last_run and status.last_run["status"] != "ok":
        error = (status.last_run["error"] or "no reason noted").splitlines()[0]
        yield f"the last {status.last_run['command']} {status.last_run['status']}: {error}"
    if status.status == "stale":
        yield "stale: it is too long since a harvest ended well"


def _waiting(status: Status) -> Iterator[str]:
    yield f"waiting to be fetched: {status.pending:,}"
    yield from _named(status, "pending")
    if status.missing:
        yield f"named by a source, but left out by PubMed: {status.missing:,}"
        yield from _named(status, "missing")
    if status.withdrawn:
        yield f"here, but withdrawn from PubMed: {status.withdrawn:,}"


def _named(status: Status, state: str) -> Iterator[str]:
    pmids = [row["pmid_in_pubmed"] for row in status.not_here if row["state"] == state]
    if pmids:
        yield f"  PMID {first_of(pmids)}"


def _source_lines(source: SourceStatus) -> Iterator[str]:
    if source.last_success:
        line = f"{source.kind} {source.name}: followed to {source.stored_up_to}, "
        line += f"last success {_moment(source.last_success)}"
        yield line + (f"; since then: {source.error}" if source.error else "")
    else:
        yield f"{source.kind} {source.name}: never succeeded" + (f"; {source.error}" if source.error else "")
    if source.in_pubmed is not None:
        yield f"  PubMed has {source.in_pubmed:,} studies for it, {source.here:,} of them are here"
    if source.last_run is not None:
        yield f"  run {source.last_run}: {source.result}{_received(source)}"
    if source.warnings:
        yield f"  {source.warnings.replace(chr(10), '; ')}"
    if source.translated_query:
        yield f"  PubMed reads it as: {source.translated_query}"


def _received(source: SourceStatus) -> str:
    if source.received is None:
        return ""
    promised = f" of {source.promised:,} promised" if source.promised is not None else ""
    return f"; {source.received:,}{promised} received"


def _feeds(status: Status) -> Iterator[str]:
    if not any(source.kind == "feed" for source in status.sources):
        yield "no feed configured; `harvest check` says how to add one"


def _lag_line(lag: Row | None) -> str:
    if lag is None:
        return "from entry in PubMed to here: not known before a regular run has brought studies"
    return (
        f"from entry in PubMed to here: median {lag['median_days']}, 95 in 100 within {lag['days_for_95_in_100']} days"
        f" (over {lag['studies']:,} studies since {lag['counted_since']})"
    )


def _changes(status: Status) -> Iterator[str]:
    if status.changes:
        counts = ", ".join(f"{row['column']} of {row['studies']:,}" for row in status.changes)
        yield f"changed in the last 30 days: {counts}"


def _run_line(run: Row) -> str:
    return f"{run['command']} {run['run']}, {_moment(run['started'])}: {run['result']}"


def _moment(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]} UTC"
