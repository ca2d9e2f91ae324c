"""The one writer: what workers found in PubMed's files is stored in the order of the files, each file at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from harvest import medline
from harvest.bulk.names import PubmedFile, in_order, place_of
from harvest.bulk.scan import Job, Scan
from harvest.bulk.terms import Terms
from harvest.bulk.workers import Crew
from harvest.errors import PayloadError
from harvest.model import Deletion, Pmid, Problem, Study
from harvest.pipeline import Report, keep, recorded, withdraw
from harvest.progress import Progress, silent
from harvest.store import FileState, LastNamed, Outcome, Store
from harvest.tagging import Tagger, retag_if_outdated


def collect(
    paths: Iterable[Path], terms: Terms, crew: Crew, store: Store, tagger: Tagger, progress: Progress = silent
) -> Report:
    """Store and tag what PubMed's files hold of what is wanted; a bad file is a problem of its own.

    A file is stored as a whole or not at all, and is done then; one that cannot be read is left for the next call.

    Args:
        paths: PubMed's files, in any order.
        terms: what a record must hold to be wanted.
        crew: who looks through the files.
        store: where studies are kept.
        tagger: what tags them.
        progress: shows how far it has come.

    Raises:
        SourceError: the workers are gone; what was stored before stays.
        StoreError: the database cannot be written; what was stored before stays.
    """
    files, problems = in_order(paths)
    report = Report(problems=problems)
    with recorded(store, "bulk", report):
        retag_if_outdated(store, tagger, progress)
        waiting = _waiting(files, terms, store, report)
        writer = _Writer(terms, crew, store, tagger, report)
        with progress("files", len(waiting)) as advance:
            for (file, state), found in zip(waiting, crew.scans(_job(file, terms) for file, _ in waiting), strict=True):
                writer.take(file, state, found)
                advance(1)
    return report


def _job(file: PubmedFile, terms: Terms, pmids: Iterable[int] = ()) -> Job:
    return Job(str(file.path.resolve()), terms, frozenset(pmids))


def _waiting(
    files: Sequence[PubmedFile], terms: Terms, store: Store, report: Report
) -> list[tuple[PubmedFile, FileState]]:
    """The files that are not done yet as they are now."""
    words = hashlib.sha256(repr(terms).encode()).hexdigest()[:16]
    waiting = []
    for file in files:
        try:
            found = file.path.stat()
        except OSError as error:
            report.problems.append(f"{file.path}: cannot be read: {error.strerror}")
            continue
        state = FileState(words, found.st_size, found.st_mtime_ns)
        if store.files.state(file.name) != state:
            waiting.append((file, state))
    return waiting


class _Writer:
    """Stores what was found, file by file, from the earliest to the latest."""

    def __init__(self, terms: Terms, crew: Crew, store: Store, tagger: Tagger, report: Report) -> None:
        self.terms = terms
        self.crew = crew
        self.store = store
        self.tagger = tagger
        self.report = report
        self.held = store.studies.held()

    def take(self, file: PubmedFile, state: FileState, found: Scan) -> None:
        """Store what was found in a file.

        Of a study that is held the later record counts, whether or not it still holds the words: those records are
        asked for once more.
        """
        strays = self.held.intersection(map(Pmid, found.named)).difference(pmid for pmid, _ in found.hits)
        if strays:
            found = self.crew.submit(_job(file, self.terms, strays))()
        if found.trouble:
            self.report.problems.append(f"{file.path}: {found.trouble}; it is left for the next call")
            return
        with self.store.transaction():
            self._keep(file, found.hits)
            self._withdraw(file, found.deleted)
            self.store.files.finish(
                file.name, state, records=len(found.named), hits=len(found.hits), deletions=len(found.deleted)
            )

    def _keep(self, file: PubmedFile, hits: Sequence[tuple[int, bytes]]) -> None:
        """Keep records, but those that a later file has brought; what one has withdrawn is kept and marked."""
        last = {Pmid(pmid): self.store.files.last_named(Pmid(pmid)) for pmid, _ in hits}
        outdated = {pmid for pmid, told in last.items() if _is_later(told, file)}
        brought = {pmid for pmid in outdated if (told := last[pmid]) and not told.withdrew}
        self.report.outcomes = dict.fromkeys(brought, Outcome.OLDER) | self.report.outcomes
        studies = self._parsed(file, [xml for pmid, xml in hits if pmid not in brought])
        back = {
            pmid
            for pmid, told in last.items()
            if told and told.withdrew and told.file != file.name and pmid not in outdated
        }
        self.store.studies.restore(back)
        later = back | {pmid for pmid, told in last.items() if told and told.stands}
        keep(studies, self.store, self.tagger, self.report, str(file.path), later=later)
        self.store.files.name(
            file.name, [(study.pmid, study.fingerprint) for study in studies if study.pmid not in outdated]
        )
        self.held.update(study.pmid for study in studies)

    def _parsed(self, file: PubmedFile, records: Sequence[bytes]) -> list[Study]:
        if not records:
            return []
        try:
            parsed = medline.read_set(b"".join([b"<PubmedArticleSet>", *records, b"</PubmedArticleSet>"]))
        except PayloadError as error:
            parsed = [Problem("records", str(error))]
        self.report.problems += [f"{file.path}: {problem}" for problem in parsed if isinstance(problem, Problem)]
        return [study for study in parsed if isinstance(study, Study)]

    def _withdraw(self, file: PubmedFile, pmids: Iterable[int]) -> None:
        """Mark what a file deletes, but for what a later file has brought."""
        deleted = [Pmid(pmid) for pmid in pmids if not _is_later(self.store.files.last_named(Pmid(pmid)), file)]
        withdraw([Deletion(pmid) for pmid in deleted], self.store)
        self.store.files.name(file.name, [(pmid, None) for pmid in deleted])


def _is_later(told: LastNamed | None, file: PubmedFile) -> bool:
    """Whether the file that last named a study is a later one."""
    return told is not None and place_of(told.file) > file.place
