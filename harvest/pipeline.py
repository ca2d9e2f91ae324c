"""The order in which it happens: discover, fetch, store and tag, report.

    discover   every source names PMIDs; what is not stored yet becomes a pending sighting
    fetch      PubMed describes what is pending, a batch at a time
    store      each batch, with its tags and the state of its sightings, is one transaction
    report     what each source promised and what became of it; only now does its watermark move

A run that is cut off at any point leaves its sightings pending, and the next one finishes them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from harvest import medline
from harvest.batches import batches, one_ahead
from harvest.errors import PayloadError, SourceError
from harvest.model import Deletion, Pmid, Problem, Study
from harvest.parallel import IN_FLIGHT, in_flight
from harvest.progress import Progress, silent
from harvest.pubmed import BATCH, Described
from harvest.sources import Discovery, Source
from harvest.store import Outcome, Store
from harvest.tagging import Tagger, retag_if_outdated
from harvest.words import first_of

T = TypeVar("T")

log = logging.getLogger(__name__)

BEGINNING = date(1780, 1, 1)
"""Before the first year of PubMed; who asks from here on asks for everything."""

BEGINS_ANEW = "asks something else than before, so it begins anew; `harvest backfill` brings the older studies"

FILE_BATCH = 500
"""Studies of a file that are stored in one transaction."""


@dataclass(frozen=True, slots=True)
class Since:
    """From which day on a source is asked: for new studies, and for revised ones, if it is asked for those at all.

    ``gapless`` tells that no day is left out between what was followed before and the first day.
    """

    entered: date
    changed: date | None = None
    gapless: bool = True


Fetch = Callable[[Sequence[Pmid]], Described]
"""Has PubMed describe studies; raises ``SourceError`` when it does not answer."""


@dataclass(slots=True)
class SourceReport:
    """What one run found in one source.

    ``missing`` are the PMIDs it named that PubMed has not described; ``overflowed`` tells that a feed showed only news.
    """

    source: Source
    since: Since
    found: Discovery | None = None
    new: int = 0
    revised: int = 0
    missing: tuple[Pmid, ...] = ()
    error: str | None = None
    overflowed: bool = False


@dataclass(slots=True)
class Report:
    """What a run did.

    ``problems`` are lines for the operator; a run with any has failed, in part at least. ``retracted`` are studies,
    with their titles, that were here before and that PubMed now calls retracted: news that must reach someone.
    """

    outcomes: dict[Pmid, Outcome] = field(default_factory=dict)
    retracted: list[tuple[Pmid, str]] = field(default_factory=list)
    sources: list[SourceReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """How many studies had that outcome."""
        return sum(1 for value in self.outcomes.values() if value is outcome)


def run(
    sources: Sequence[Source],
    store: Store,
    tagger: Tagger,
    fetch: Fetch,
    *,
    since: Callable[[Source], Since],
    today: date,
    catch_up: Sequence[Source] = (),
    recheck_days: int = 28,
    command: str = "run",
    progress: Progress = silent,
) -> Report:
    """Harvest: ask every source, fetch what is pending, store and tag it.

    Args:
        sources: which to ask.
        store: where studies are kept.
        tagger: what tags them.
        fetch: has PubMed describe studies; called from several threads.
        since: the first days that a source is asked about.
        today: the day up to which a source has been followed when all it named is stored.
        catch_up: searches to ask as well if a feed shows nothing but news, as it may then have missed some.
        recheck_days: the number of days in which every stored study is asked for again once.
        command: the name of the run in the record of runs.
        progress: shows how far the run has come.

    Raises:
        StoreError: the database cannot be written; what was stored before stays.
    """
    report = Report()
    with recorded(store, command, report):
        retag_if_outdated(store, tagger, progress)
        report.sources = [_discover(source, since(source), store, report) for source in sources]
        if any(asked.overflowed for asked in report.sources):
            report.sources += [_discover(source, since(source), store, report) for source in catch_up]
        rechecked = store.studies.due_for_check(today, recheck_days)
        answered = _fetch([*store.ledger.pending(), *rechecked], store, tagger, fetch, report, today, progress)
        _close(store, report, today, rechecked=answered)
    return report


def load(files: Iterable[Path], store: Store, tagger: Tagger, progress: Progress = silent) -> Report:
    """Store and tag the records of PubMed XML files; a bad file or record is a problem of its own.

    Raises:
        StoreError: the database cannot be written; what was stored before stays.
    """
    report = Report()
    with recorded(store, "load", report):
        retag_if_outdated(store, tagger, progress)
        for path in files:
            _load_file(path, store, tagger, report, progress)
    return report


def summary(report: Report) -> dict[str, object]:
    """A report for a program."""
    return {
        **{str(outcome): report.count(outcome) for outcome in Outcome},
        "retracted": [{"pmid": pmid, "title": title} for pmid, title in report.retracted],
        "sources": [_row(asked) for asked in report.sources],
        "problems": report.problems,
    }


@contextmanager
def recorded(store: Store, command: str, report: Report) -> Iterator[None]:
    """Keep a run's beginning and end in the store, whatever ends it."""
    run = store.ledger.start_run(command)
    status, error = "interrupted", None
    try:
        yield
        report.retracted = [
            (pmid, title)
            for pmid, title in store.changes.untold_retractions()
            if report.outcomes.get(pmid) is not Outcome.NEW
        ]
        status = "failed" if report.problems else "ok"
    except Exception as caught:
        status, error = "failed", str(caught) or type(caught).__name__
        raise
    finally:
        lines = [*report.problems, *filter(None, [error])]
        store.ledger.finish_run(
            run,
            status=status,
            error="\n".join(lines) or None,
            outcomes=report.outcomes.values(),
            sources=[_row(asked) for asked in report.sources],
        )


def _discover(source: Source, since: Since, store: Store, report: Report) -> SourceReport:
    """Ask one source; its failure is its own and leaves the others alone."""
    asked = SourceReport(source, since)
    with store.transaction():
        anew = store.ledger.ask(source, since.entered)
        if anew and source.kind == "search" and since.entered > BEGINNING:
            report.problems.append(f"{source.name}: {BEGINS_ANEW}")
    try:
        asked.found = source.discover(since.entered, since.changed)
    except SourceError as error:
        asked.error = str(error)
        report.problems.append(f"{source.name}: {error}")
        return asked
    report.problems.extend(f"{source.name}: {warning}" for warning in asked.found.warnings)
    with store.transaction():
        asked.overflowed = _overflowed(source, asked.found, store)
        store.ledger.see(source, asked.found)
    log.info("%s named %d new and %d changed studies", source.name, len(asked.found.pmids), len(asked.found.changed))
    return asked


def _overflowed(source: Source, found: Discovery, store: Store) -> bool:
    """Whether a feed that was followed before shows nothing but news: older news may have dropped off its end."""
    followed = source.kind == "feed" and store.ledger.state(source.name).watermark is not None
    return followed and bool(found.pmids) and len(store.ledger.unknown(found.pmids)) == len(found.pmids)


def _fetch(
    pmids: Iterable[Pmid],
    store: Store,
    tagger: Tagger,
    fetch: Fetch,
    report: Report,
    today: date,
    progress: Progress,
) -> bool:
    """Have PubMed describe studies, several batches at a time; one that cannot be read does not hold up the others.

    Returns whether PubMed answered for all of them, be it that it has some no longer.
    """
    wanted = list(dict.fromkeys(pmids))
    answered = 0
    with progress("fetching", len(wanted)) as advance:
        answers = in_flight(
            fetch, list(batches(wanted, BATCH)), IN_FLIGHT, lambda come: _begin(_described(come), store, tagger)
        )
        for batch, answer in answers:
            if isinstance(answer, PayloadError):
                report.problems.append(f"PubMed: {answer}")
                continue
            if isinstance(answer, SourceError):
                report.problems.append(
                    f"PubMed: {answer}; {len(store.ledger.pending()):,} studies wait for the next run"
                )
                break
            report.problems.extend(f"PubMed: {problem}" for problem in answer.problems)
            keep(answer.studies, store, tagger, report, "PubMed", answered=(today, answer))
            answered += len(batch)
            advance(len(batch))
    return answered == len(wanted)


def _described(answer: Described | SourceError) -> Sequence[Study]:
    return answer.studies if isinstance(answer, Described) else ()


def _close(store: Store, report: Report, today: date, *, rechecked: bool) -> None:
    """Count what became of each source's studies; its watermark moves only if nothing of it is left over."""
    with store.transaction():
        for asked in report.sources:
            asked.missing = tuple(store.ledger.pending_of(asked.source.name))
            if asked.found is None:
                continue
            outcomes = [report.outcomes.get(pmid) for pmid in (*asked.found.pmids, *asked.found.changed)]
            asked.new = outcomes.count(Outcome.NEW)
            asked.revised = outcomes.count(Outcome.REVISED)
            # a warning tells that PubMed left a part of the expression out: what it named may not be all
            if not asked.missing and not asked.found.warnings:
                store.ledger.succeed(asked.source.name, today.isoformat() if asked.since.gapless else None)
        if rechecked:
            store.set_fact("rechecked", today.isoformat())
    for asked in report.sources:
        if asked.missing and not asked.error:
            asked.error = f"{len(asked.missing):,} studies that it named are not here yet: {first_of(asked.missing)}"
            report.problems.append(f"{asked.source.name}: {asked.error}; the next run asks for them again")


def _load_file(path: Path, store: Store, tagger: Tagger, report: Report, progress: Progress) -> None:
    def trouble(what: object) -> None:
        report.problems.append(f"{path}: {what}")

    try:
        with path.open("rb") as stream, progress(path.name, None) as advance:
            records = batches(medline.read(stream), FILE_BATCH)
            for batch in one_ahead(records, lambda come: _begin(_studies(come), store, tagger)):
                for record in batch:
                    if isinstance(record, Problem):
                        trouble(record)
                keep(_studies(batch), store, tagger, report, str(path))
                withdraw([r for r in batch if isinstance(r, Deletion)], store)
                advance(len(batch))
    except PayloadError as error:
        trouble(error)
    except OSError as error:
        trouble(f"cannot be read: {error.strerror}")


def _studies(records: Iterable[medline.Record]) -> list[Study]:
    return [record for record in records if isinstance(record, Study)]


def _begin(studies: Sequence[Study], store: Store, tagger: Tagger) -> None:
    """Have studies tagged, if need be, while those that came before them are stored."""
    tagger.begin(store.studies.unlike(studies))


def keep(
    studies: Sequence[Study],
    store: Store,
    tagger: Tagger,
    report: Report,
    origin: str,
    answered: tuple[date, Described] | None = None,
    later: Collection[Pmid] = (),
) -> None:
    """Store a batch with its tags. Invented records and real ones never meet in one database.

    Where PubMed itself has answered, what it described and what it left out on that day is kept along with it. Studies
    in ``later`` come from a later file of PubMed's than what is held of them.
    """
    with store.transaction():
        kind = store.studies.kind() or ("sample" if studies and studies[0].is_sample else "live")
        kept = [study for study in studies if study.is_sample == (kind == "sample")]
        outcomes = store.studies.save(kept, tagger.tag_all, answered=answered is not None, later=later)
        report.outcomes |= {p: o for p, o in outcomes.items() if report.outcomes.get(p) is not Outcome.NEW}
        if answered:
            day, described = answered
            store.studies.described([study.pmid for study in kept], day)
            store.studies.missed(described.missing, day)
    for stranger in (study for study in studies if study.is_sample != (kind == "sample")):
        report.problems.append(f"{origin}: PMID {stranger.pmid}: {_STRANGER[stranger.is_sample]}")


_STRANGER = {
    True: "an invented record, and this home holds real ones; left out, make a home for it with: harvest init DIR",
    False: "a real record, and this home holds invented ones; left out, make a home for it with: harvest init DIR",
}


def withdraw(deletions: Sequence[Deletion], store: Store) -> None:
    """Mark what PubMed has withdrawn."""
    if deletions:
        with store.transaction():
            store.studies.withdraw(deletions)


def _row(asked: SourceReport) -> dict[str, object]:
    found = asked.found
    return {
        "source": asked.source.name,
        "since": asked.since.entered.isoformat(),
        "query": found.query if found else None,
        "translated_query": found.translated_query if found else None,
        "expected": found.expected if found else None,
        "found": len(found.pmids) + len(found.changed) if found else None,
        "new": asked.new,
        "revised": asked.revised,
        "missing": first_of(asked.missing) or None,
        "warnings": "\n".join(found.warnings) or None if found else None,
        "error": asked.error,
    }
