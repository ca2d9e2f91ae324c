"""What is stored of PubMed's files: the later one stands, what it deletes is marked, each file is read once."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from harvest import medline
from harvest.bulk.collect import collect
from harvest.bulk.scan import Job, Scan, scan
from harvest.bulk.terms import Terms, parse
from harvest.bulk.workers import Crew
from harvest.errors import SourceError
from harvest.model import Pmid, Study
from harvest.pipeline import Report
from harvest.store import Outcome, Store
from tests.bulk.files import HERE, TERMS, about, add_sum, deletion, other, write
from tests.dumps import differences, logical_dump
from tests.fakes import Clock, FakeTagger, untagged
from tests.pubmed.invented import article

ONE, TWO, THREE, FOUR = (970_000_101 + at for at in range(4))


def bulk(store: Store, *paths: Path, terms: Terms = TERMS, crew: Crew = HERE) -> Report:
    return collect(paths, terms, crew, store, FakeTagger())


def titles(store: Store) -> dict[int, str]:
    return {row["pmid"]: row["title"] for row in store.rows("SELECT pmid, title FROM studies ORDER BY pmid")}


def missing(store: Store) -> list[int]:
    return [row["pmid"] for row in store.rows("SELECT pmid FROM studies WHERE missing_since IS NOT NULL ORDER BY pmid")]


def done(store: Store) -> list[str]:
    return [row["name"] for row in store.rows("SELECT name FROM files ORDER BY name")]


@pytest.fixture
def watched() -> tuple[Crew, list[str]]:
    """A crew, and the files that it has looked through."""
    seen: list[str] = []

    def submit(job: Job) -> Callable[[], Scan]:
        seen.append(Path(job.path).name)
        return lambda: scan(job)

    return Crew(submit, ahead=3), seen


def test_what_the_search_asks_for_is_stored_and_nothing_else(store: Store, tmp_path: Path) -> None:
    """With its tags, and a record of the file."""
    report = bulk(store, write(tmp_path, 1, about(ONE), other(TWO), deletion(THREE)))
    assert report.problems == []
    assert report.outcomes == {ONE: Outcome.NEW}
    assert list(titles(store)) == [ONE]
    assert store.tags.tagged()
    (row,) = store.rows("SELECT name, records, hits, deletions FROM files")
    assert row == {"name": "pubmed26n0001", "records": 2, "hits": 1, "deletions": 1}
    (run,) = store.rows("SELECT command, status, new FROM runs")
    assert run == {"command": "bulk", "status": "ok", "new": 1}


def history(folder: Path) -> list[Path]:
    """Four files: studies are revised, with and without another date, deleted, and brought back."""
    return [
        write(folder, 9, about(ONE, "Ketamine, first."), about(TWO, "Ketamine, first."), about(THREE), year=25),
        write(folder, 1, about(ONE, "Ketamine, second."), other(FOUR, "Not yet."), deletion(TWO)),
        write(folder, 2, about(ONE, "Ketamine, third.", revised="2026-11-01"), about(FOUR), deletion(THREE)),
        write(folder, 3, about(TWO, "Ketamine, back."), about(ONE, "Ketamine, last.", revised="2026-10-01")),
    ]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_later_file_stands_whatever_the_order(store: Store, tmp_path: Path, order: tuple[int, ...]) -> None:
    """That of the names counts, also where the dates of revision say otherwise or nothing."""
    files = history(tmp_path)
    assert bulk(store, *(files[at] for at in order)).problems == []
    assert titles(store)[ONE] == "Ketamine, last."
    assert titles(store)[TWO] == "Ketamine, back."
    assert missing(store) == [THREE]
    assert list(titles(store)) == [ONE, TWO, THREE, FOUR]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_it_stands_also_where_each_file_comes_in_a_call_of_its_own(
    store: Store, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """An earlier file that comes late changes nothing that a later one has told."""
    files = history(tmp_path)
    for at in order:
        assert bulk(store, files[at]).problems == []
    assert titles(store)[ONE] == "Ketamine, last."
    assert titles(store)[TWO] == "Ketamine, back."
    assert missing(store) == [THREE]


def test_a_study_that_is_held_is_followed_when_it_no_longer_holds_the_words(store: Store, tmp_path: Path) -> None:
    """The later record stands, though the search would not find it."""
    bulk(store, write(tmp_path, 1, about(ONE)), write(tmp_path, 2, other(ONE, "Renamed."), other(TWO)))
    assert titles(store) == {ONE: "Renamed."}


def test_what_pubmed_has_described_since_is_newer_than_a_file(store: Store, tmp_path: Path) -> None:
    """Files are days behind: their record does not replace one with a later date of revision."""
    bulk(store, write(tmp_path, 1, about(ONE, "Ketamine in a file.")))
    load_one(store, article(ONE, title="Ketamine as PubMed now has it.", revised="2026-11-20"))
    bulk(store, write(tmp_path, 2, about(ONE, "Ketamine in a later file.", revised="2026-11-10")))
    assert titles(store)[ONE] == "Ketamine as PubMed now has it."
    bulk(store, write(tmp_path, 3, about(ONE, "Ketamine, newest.", revised="2026-11-21")))
    assert titles(store)[ONE] == "Ketamine, newest."


def load_one(store: Store, xml: bytes) -> None:
    (study,) = medline.read_set(b"<PubmedArticleSet>" + xml + b"</PubmedArticleSet>")
    assert isinstance(study, Study)
    with store.transaction():
        store.studies.save([study], untagged, answered=True)


def test_a_deletion_in_the_same_file_comes_after_the_records(store: Store, tmp_path: Path) -> None:
    """PubMed lists it last."""
    bulk(store, write(tmp_path, 1, deletion(ONE), about(ONE)))
    assert missing(store) == [ONE]


def test_a_second_call_skips_what_is_done(store: Store, tmp_path: Path, watched: tuple[Crew, list[str]]) -> None:
    """Until a file changes, or what is looked for."""
    crew, seen = watched
    files = [write(tmp_path, 1, about(ONE)), write(tmp_path, 2, about(TWO))]
    bulk(store, *files, crew=crew)
    bulk(store, *files, crew=crew)
    assert seen == ["pubmed26n0001.xml.gz", "pubmed26n0002.xml.gz"]
    write(tmp_path, 2, about(TWO), about(THREE))
    bulk(store, *files, crew=crew)
    assert seen[2:] == ["pubmed26n0002.xml.gz"]
    bulk(store, *files, crew=crew, terms=parse("invented[tiab]"))
    assert seen[3:] == ["pubmed26n0001.xml.gz", "pubmed26n0002.xml.gz"]
    assert list(titles(store)) == [ONE, TWO, THREE]


def test_a_bad_file_is_left_for_the_next_call_and_the_rest_is_done(store: Store, tmp_path: Path) -> None:
    """Cut off, another sum, not there, named otherwise: a line each."""
    cut = write(tmp_path, 1, about(ONE), *(other(970_000_200 + at) for at in range(50)))
    whole = cut.read_bytes()
    cut.write_bytes(whole[:-100])
    wrong = write(tmp_path, 2, about(TWO), with_sum=True)
    good = wrong.read_bytes()
    write(tmp_path, 2, about(TWO, "Ketamine, damaged."))
    absent, strange = tmp_path / "pubmed26n0003.xml.gz", tmp_path / "articles.xml.gz"
    fine = write(tmp_path, 4, about(FOUR))
    report = bulk(store, cut, wrong, absent, strange, fine)
    assert sorted(report.problems) == sorted(
        [
            f"{strange}: not named like PubMed's files, pubmed26n0001.xml.gz; try harvest load",
            f"{absent}: cannot be read: No such file or directory",
            f"{cut}: the gzip data is cut off; it is left for the next call",
            f"{wrong}: its MD5 is not the one that its .md5 file states; download both again; it is left for the"
            " next call",
        ]
    )
    assert done(store) == ["pubmed26n0004"]
    assert list(titles(store)) == [FOUR]
    cut.write_bytes(whole)
    wrong.write_bytes(good)
    assert bulk(store, cut, wrong, fine).problems == []
    assert list(titles(store)) == [ONE, TWO, FOUR]
    assert done(store) == ["pubmed26n0001", "pubmed26n0002", "pubmed26n0004"]


def test_a_record_that_cannot_be_read_is_told_and_the_file_is_done(store: Store, tmp_path: Path) -> None:
    """As with ``harvest load``; the others are stored."""
    broken = about(TWO).replace(b"<Language>", b"<Language")
    report = bulk(store, write(tmp_path, 1, about(ONE), broken, about(THREE)))
    (problem,) = report.problems
    assert f"PMID {TWO}: not well-formed" in problem
    assert list(titles(store)) == [ONE, THREE]
    assert done(store) == ["pubmed26n0001"]


def test_a_call_that_is_cut_off_keeps_whole_files(store: Store, tmp_path: Path, clock: Clock) -> None:
    """What is done is done, and the next call goes on to the same end."""
    files = history(tmp_path)

    def dying(job: Job) -> Callable[[], Scan]:
        def wait() -> Scan:
            if job.path.endswith("pubmed26n0002.xml.gz"):
                raise SourceError("the workers are gone")
            return scan(job)

        return wait

    with pytest.raises(SourceError):
        bulk(store, *files, crew=Crew(dying, ahead=0))
    assert done(store) == ["pubmed25n0009", "pubmed26n0001"]
    assert store.rows("SELECT status FROM runs") == [{"status": "failed"}]
    bulk(store, *files)
    with Store(tmp_path / "at-once.db", clock) as straight:
        bulk(straight, *files)
    assert differences(logical_dump(tmp_path / "test.db"), logical_dump(tmp_path / "at-once.db")) == []


def test_no_more_files_wait_than_are_let_ahead(tmp_path: Path) -> None:
    """A writer that is slow holds up the workers, so that memory stays bounded."""
    begun: list[Job] = []

    def submit(job: Job) -> Callable[[], Scan]:
        begun.append(job)
        return Scan

    scans = Crew(submit, ahead=3).scans(Job(str(at), TERMS) for at in range(20))
    next(scans)
    assert len(begun) == 4
    assert len(list(scans)) == 19


def test_a_file_that_is_only_touched_changes_nothing(store: Store, tmp_path: Path) -> None:
    """It is looked through once more."""
    path = write(tmp_path, 1, about(ONE))
    add_sum(path)
    bulk(store, path)
    os.utime(path, (1, 1))
    assert bulk(store, path).outcomes == {Pmid(ONE): Outcome.UNCHANGED}
