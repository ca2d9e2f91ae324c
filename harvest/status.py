"""How a home stands: what is in it, how fresh it is, what waits and what failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from harvest.config import Config
from harvest.store import Store


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source: the day up to which it has been followed, when it last succeeded, what it last said."""

    name: str
    kind: str
    followed_to: str | None
    last_success: str | None
    expected: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """A home. Moments are ISO in UTC; ``last_success`` is the end of the last run without any failure."""

    database: str
    kind: str | None
    studies: int
    newest_entered: str | None
    last_success: str | None
    last_run: dict[str, Any] | None
    pending: int
    sources: tuple[SourceStatus, ...]

    def as_json(self) -> dict[str, Any]:
        """The status for a program."""
        return asdict(self)


def status_of(config: Config, store: Store) -> Status:
    """Read how a home stands."""
    facts = store.rows("SELECT count(*) AS studies, max(entered) AS newest_entered FROM studies")[0]
    success = store.rows("SELECT max(finished) AS at FROM runs WHERE command = 'run' AND status = 'ok'")[0]
    runs = store.rows(
        "SELECT id, command, started, finished, status, new, revised, error FROM runs ORDER BY id DESC LIMIT 1"
    )
    return Status(
        database=str(config.database),
        kind=store.kind(),
        studies=facts["studies"],
        newest_entered=facts["newest_entered"],
        last_success=success["at"],
        last_run=runs[0] if runs else None,
        pending=len(store.pending()),
        sources=tuple(_source(store, entry.name, kind) for entry, kind in _entries(config)),
    )


def lines_of(status: Status) -> list[str]:
    """The status for a person."""
    lines = [summary_of(status), f"waiting to be fetched: {status.pending:,}"]
    if status.last_run and status.last_run["status"] != "ok":
        error = (status.last_run["error"] or "no reason noted").splitlines()[0]
        lines.append(f"the last {status.last_run['command']} {status.last_run['status']}: {error}")
    lines += [_source_line(source) for source in status.sources]
    if not any(source.kind == "feed" for source in status.sources):
        lines.append("no feed configured; `harvest check` says how to add one")
    return lines


def summary_of(status: Status) -> str:
    """One line: how many studies there are and how fresh they are."""
    what = "invented studies (sample data)" if status.kind == "sample" else "studies"
    fresh = (
        f"last successful harvest {_moment(status.last_success)}"
        if status.last_success
        else "no successful harvest yet"
    )
    return f"{status.database}: {status.studies:,} {what}; {fresh}"


def _entries(config: Config) -> list[tuple[Any, str]]:
    searches = [(entry, "search") for entry in config.recipe.searches]
    return searches + [(entry, "feed") for entry in config.recipe.feeds]


def _source(store: Store, name: str, kind: str) -> SourceStatus:
    state = store.rows("SELECT watermark, last_success FROM sources WHERE name = ?", name)
    last = store.rows("SELECT expected, error FROM run_sources WHERE source = ? ORDER BY run_id DESC LIMIT 1", name)
    return SourceStatus(
        name,
        kind,
        state[0]["watermark"] if state else None,
        state[0]["last_success"] if state else None,
        last[0]["expected"] if last else None,
        last[0]["error"] if last else None,
    )


def _source_line(source: SourceStatus) -> str:
    if not source.last_success:
        return f"{source.kind} {source.name}: never succeeded" + (f"; {source.error}" if source.error else "")
    line = f"{source.kind} {source.name}: followed to {source.followed_to}, last success {_moment(source.last_success)}"
    return line + (f"; since then: {source.error}" if source.error else "")


def _moment(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]} UTC"
