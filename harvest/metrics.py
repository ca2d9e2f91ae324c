"""How a home stands in figures, in the text that Prometheus reads; the saved queries find them, as for the pages.

Names are as Prometheus wants them: seconds and bytes, moments as seconds since 1970, ``_total`` for what only grows.
What is not known has no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from harvest import __version__
from harvest.catalogue.harvests import STATES, Health
from harvest.status import Ask, Row, answers

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_FACTS = """
SELECT
  (SELECT value FROM about WHERE key = 'kind') AS kind,
  (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes
"""

_RUNS = """
SELECT
  command, status, count(*) AS runs,
  sum(coalesce(strftime('%s', finished) - strftime('%s', started), 0)) AS seconds,
  sum(new) AS new, sum(revised) AS revised, sum(unchanged) AS unchanged
FROM runs WHERE status <> 'running' GROUP BY command, status ORDER BY command, status
"""

_STANDING = {
    "pending_studies": ("pending", "Studies that were named and wait to be fetched."),
    "missing_studies": ("missing", "Studies that were named and that PubMed left out."),
    "withdrawn_studies": ("withdrawn", "Studies here that PubMed has withdrawn."),
}
_SOURCES = {
    "source_pubmed_studies": ("in_pubmed", "Studies that PubMed has for the whole search."),
    "source_studies": ("here", "Studies here that the source named."),
    "source_pending_studies": ("pending", "Studies that the source named and that wait to be fetched."),
    "source_missing_studies": ("missing", "Studies that the source named and that PubMed left out."),
}
"""Metrics with the column of the saved query that they show, and what they mean."""

_QUANTILES = {"0.5": "median_days", "0.95": "days_for_95_in_100", "1": "longest_days"}
_DAY = timedelta(days=1).total_seconds()

Samples = Iterable[tuple[Sequence[str], float | None]]
"""The values of labels with what was measured; ``None`` where that is not known."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a database tells of itself; it stays so until something is written."""

    facts: Row
    standing: Row
    sources: tuple[Row, ...]
    lag: Row | None
    runs: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Collected:
    metrics: Sequence[Metric]

    def collect(self) -> Sequence[Metric]:
        """Be what the library writes out."""
        return self.metrics


def figures_of(ask: Ask) -> Figures:
    """Read the figures, which takes a while of a large database."""
    (facts,) = ask(_FACTS)
    return Figures(
        facts=dict(facts),
        standing=answers(ask, "standing")[0],
        sources=answers(ask, "completeness"),
        lag=next(iter(answers(ask, "lag")), None),
        runs=tuple(map(dict, ask(_RUNS))),
    )


def text_of(health: Health, figures: Figures | None) -> bytes:
    """The text; where there is no database, and so no figures, the state alone."""
    return generate_latest(_Collected([*_of_health(health), *(_of_figures(figures) if figures else ())]))


def _of_health(health: Health) -> Iterator[Metric]:
    is_state = [([state], float(state == health.status)) for state in STATES]
    yield _gauge("state", "1 for the word that /-/health says, 0 for the others.", is_state, "state")
    yield _single("studies", "Studies here.", health.studies)
    meaning = "The end of the last harvest that ended well."
    yield _single("last_success_timestamp_seconds", meaning, _moment(health.last_success))
    meaning = "The day on which the newest study entered PubMed."
    yield _single("newest_entered_timestamp_seconds", meaning, _moment(health.newest_entered))


def _of_figures(figures: Figures) -> Iterator[Metric]:
    told = {"version": __version__, "kind": figures.facts["kind"] or ""}
    yield InfoMetricFamily("harvest", "The version of the program, and whether records are live or sample.", told)
    yield _single("database_size_bytes", "The size of the database.", figures.facts["bytes"])
    meaning = "The beginning of the run that has not ended, if there is one."
    yield _single("running_since_timestamp_seconds", meaning, _moment(figures.standing["running_since"]))
    for name, (column, meaning) in _STANDING.items():
        yield _single(name, meaning, figures.standing[column])
    yield from _of_sources(figures.sources)
    if figures.lag is not None:
        yield from _of_lag(figures.lag)
    yield from _of_runs(figures.runs)


def _of_sources(sources: Sequence[Row]) -> Iterator[Metric]:
    for name, (column, meaning) in _SOURCES.items():
        yield _gauge(name, meaning, [([row["source"]], row[column]) for row in sources], "source")
    last = [([row["source"]], _moment(row["last_success"])) for row in sources]
    meaning = "When the source last answered in full and all was stored."
    yield _gauge("source_last_success_timestamp_seconds", meaning, last, "source")
    failed = [([row["source"]], float(row["error"] is not None)) for row in sources]
    yield _gauge("source_failed", "1 where the last run could not finish with the source.", failed, "source")


def _of_lag(lag: Row) -> Iterator[Metric]:
    days = [([quantile], lag[column] * _DAY) for quantile, column in _QUANTILES.items()]
    yield _gauge("lag_seconds", "From a study's entry in PubMed to its arrival here, in whole days.", days, "quantile")
    yield _single("lag_studies", "Studies over which that was counted.", lag["studies"])


def _of_runs(runs: Sequence[Row]) -> Iterator[Metric]:
    ended = CounterMetricFamily("harvest_runs", "Runs that have ended.", labels=["command", "status"])
    seconds = CounterMetricFamily("harvest_run_seconds", "Time that they took.", labels=["command", "status"])
    brought = CounterMetricFamily("harvest_run_studies", "Studies that they brought.", labels=["command", "outcome"])
    for row in runs:
        ended.add_metric([row["command"], row["status"]], row["runs"])
        seconds.add_metric([row["command"], row["status"]], row["seconds"])
    for command in sorted({row["command"] for row in runs}):
        for outcome in ("new", "revised", "unchanged"):
            studies = sum(row[outcome] for row in runs if row["command"] == command)
            brought.add_metric([command, outcome], studies)
    yield from (ended, seconds, brought)


def _single(name: str, meaning: str, measured: float | None) -> GaugeMetricFamily:
    return _gauge(name, meaning, [([], measured)])


def _gauge(name: str, meaning: str, samples: Samples, *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"harvest_{name}", meaning, labels=labels)
    for values, measured in samples:
        if measured is not None:
            family.add_metric(values, measured)
    return family


def _moment(iso: str | None) -> float | None:
    """Seconds since 1970 of a day or moment in UTC; ``None`` for what is not known to the day."""
    try:
        return datetime.fromisoformat(iso or "").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
