"""Damaged input by the thousand: ``python -m tests.fuzz KIND SEED COUNT FOLDER`` ends at the first trouble.

It is a program so that it can be held to a limit: 1 GiB of memory for all of it and 10 s for each input, after which
it dies and says where it was. What is neither a clean record nor a clean error ends it with its traceback.
"""

from __future__ import annotations

import faulthandler
import io
import json
import random
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from harvest import medline, pipeline
from harvest.errors import PayloadError, SourceError
from harvest.eutils import refuse_error_body
from harvest.model import Pmid, Study
from harvest.pubmed import describe
from harvest.sources.feed import read_feed
from harvest.sources.search import read_esearch
from harvest.store import Store
from tests.damage import damaged, spoilt
from tests.fakes import FakeSource, FakeTagger
from tests.pubmed import invented, rss
from tests.pubmed.corpus import Corpus, split_records
from tests.pubmed.eutils import Eutils
from tests.pubmed.server import SAMPLE

T = TypeVar("T")

MEMORY = 2**30
SECONDS = 10
TODAY = date(2026, 11, 22)
STORED_ONE_IN = 25
"""One input of so many goes the whole way into a database: that takes longer than reading it."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The E-utilities, when they have one answer only."""

    body: bytes

    def call(self, utility: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        refuse_error_body(self.body)
        return read(self.body)


@cache
def records() -> tuple[bytes, ...]:
    """Small records that were invented, and those of the sample corpus."""
    corpus = [record for path in sorted(SAMPLE.glob("*.xml")) for record in split_records(path.read_bytes())]
    return (*invented.records(), *corpus)


def some_records(chance: random.Random) -> list[bytes]:
    """A few records, small ones as a rule."""
    return chance.sample(records(), chance.choice((1, 2, 3)))


def feeds(chance: random.Random) -> bytes:
    """A feed of a few items."""
    feed = rss.Feed("invented", "all[sb]", datetime(2026, 11, 1, tzinfo=UTC))
    return rss.render(rss.Visit(feed, datetime(2026, 11, 22, tzinfo=UTC), "test", 1), some_records(chance))


@cache
def local() -> Eutils:
    """The local PubMed's E-utilities over the invented records."""
    return Eutils(Corpus(invented.records()), today=lambda: TODAY, cap=3)


def searches(chance: random.Random) -> bytes:
    """An esearch answer: a list, an empty one, one with warnings, or an error; half of them with a wrong value."""
    term = chance.choice(("all[sb]", "ketamine", "rats[tiab]", "xyzzy[tiab]", '"no such phrase"[mh]', "1900[dp]", "("))
    body = local().answer("esearch", {"db": "pubmed", "retmode": "json", "term": term, "retmax": "3"}).body
    return body if chance.random() < 0.5 else misstated(chance, body)


def misstated(chance: random.Random, body: bytes) -> bytes:
    """JSON with a value of another kind somewhere."""
    whole = json.loads(body, strict=False)
    inner: Any = whole
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        key = chance.choice(keys)
        if isinstance(inner[key], dict | list) and inner[key] and chance.random() < 0.7:
            inner = inner[key]
            continue
        odd: tuple[Any, ...] = (
            None,
            True,
            -1,
            0,
            10**30,
            float("inf"),
            float("nan"),
            "",
            "x",
            "7",
            "-7",
            "٣",
            [],
            ["x"],
            [[]],
            {},
            {"a": 1},
        )
        inner[key] = chance.choice(odd)
        return json.dumps(whole).encode()


def check_feed(chance: random.Random, _: Path | None) -> None:
    """A feed names PMIDs or is refused."""
    pmids = read_feed(damaged(chance, feeds(chance)))
    assert all(pmid > 0 for pmid in pmids)


def check_esearch(chance: random.Random, _: Path | None) -> None:
    """A search is counted and listed or is refused."""
    body = damaged(chance, searches(chance)) if chance.random() < 0.8 else searches(chance)
    refuse_error_body(body)
    found = read_esearch(body)
    assert found.count >= 0
    assert all(type(pmid) is int and pmid > 0 for pmid in found.pmids)
    assert all("\n" not in warning for warning in found.warnings)


def check_efetch(chance: random.Random, path: Path | None) -> None:
    """Studies that were asked for come, or are named as missing or unreadable; what is stored is what came."""
    chosen = some_records(chance)
    body = damaged(chance, invented.article_set(*chosen))
    asked = [study.pmid for study in medline.read_set(invented.article_set(*chosen)) if isinstance(study, Study)]
    fetch = partial(describe, Answering(body))  # type: ignore[arg-type]  # speaks as Eutils does
    if path:
        check_run(path, asked, fetch)
        return
    described = fetch(asked)
    assert {study.pmid for study in described.studies}.isdisjoint(described.missing)
    unreadable = {problem.record for problem in described.problems}
    left = set(asked) - {study.pmid for study in described.studies} - set(described.missing)
    assert all(f"PMID {pmid}" in unreadable for pmid in left)
    assert all("\n" not in str(problem) for problem in described.problems)


def check_run(path: Path, asked: list[Pmid], fetch: pipeline.Fetch) -> None:
    """After a run each study named is stored or pending, and whatever is not stored is told."""
    with Store(path) as store:
        since = pipeline.Since(TODAY)
        report = pipeline.run([FakeSource(pmids=asked)], store, FakeTagger(), fetch, since=lambda _: since, today=TODAY)
        pending = store.ledger.pending()
        assert stored(store).keys() == set(asked) - set(pending)
        assert bool(report.problems) >= bool(pending)
        assert_sound(store)


def check_file(chance: random.Random, path: Path | None) -> None:
    """A file is read as far as it goes, or refused."""
    body = damaged(chance, invented.article_set(*some_records(chance), deleted=[invented.OLD]))
    if path:
        check_load(path, body, set())
        return
    for record in medline.read(io.BytesIO(body)):
        assert "\n" not in str(record) or isinstance(record, Study)


def check_partly(chance: random.Random, path: Path | None) -> None:
    """Of a file with one bad record every good one is read, and stored as it would be without the bad one."""
    good = chance.sample(records(), 4)
    bad = good.pop()
    wanted = {study.fingerprint for study in medline.read_set(invented.article_set(*good)) if isinstance(study, Study)}
    good.insert(chance.randrange(4), spoilt(chance, bad))
    body = invented.article_set(*good)
    if path:
        check_load(path, body, wanted)
        return
    found = {study.fingerprint for study in medline.read_set(body) if isinstance(study, Study)}
    assert wanted <= found


def check_load(path: Path, body: bytes, wanted: set[str]) -> None:
    """What is stored of a file is what is read of it, whole; a file that is refused leaves nothing."""
    file = path.with_suffix(".xml")
    file.write_bytes(body)
    try:
        read = [record for record in medline.read_set(body) if isinstance(record, Study)]
        assert {study.fingerprint for study in read} >= wanted
    except PayloadError:
        read = []
    with Store(path) as store:
        report = pipeline.load([file], store, FakeTagger())
        assert stored(store).keys() | strangers(read) == {study.pmid for study in read}
        assert set(stored(store).values()) <= {study.fingerprint for study in read}
        assert all(line.startswith(f"{file}: ") and "\n" not in line for line in report.problems)
        assert read or report.problems or b"<PubmedArticle" not in body
        assert_sound(store)


def strangers(read: list[Study]) -> set[Pmid]:
    """Studies that are not of the kind, invented or real, of the first one."""
    return {study.pmid for study in read if study.is_sample != read[0].is_sample}


def stored(store: Store) -> dict[Pmid, str]:
    """The fingerprints of what is stored."""
    return {row["pmid"]: row["fingerprint"] for row in store.rows("SELECT pmid, fingerprint FROM studies")}


def assert_sound(store: Store) -> None:
    """No study is half there, nothing refers to nothing, and the run has its end."""
    assert store.rows("PRAGMA foreign_key_check") == []
    assert store.rows("SELECT pmid FROM studies WHERE pmid NOT IN (SELECT pmid FROM sections WHERE section = 0)") == []
    assert store.rows("SELECT id FROM runs WHERE finished IS NULL OR status NOT IN ('ok', 'failed')") == []


CHECKS = {
    "feed": check_feed,
    "esearch": check_esearch,
    "efetch": check_efetch,
    "file": check_file,
    "partly": check_partly,
}


def paths(folder: Path, count: int) -> Iterator[Path | None]:
    """For each input a database of its own, or none as a rule."""
    empty = folder / "empty.db"
    Store(empty).close()
    schema = empty.read_bytes()
    for number in range(count):
        path = folder / f"{number}.db"
        if number % STORED_ONE_IN == 0:
            path.write_bytes(schema)
        yield path if number % STORED_ONE_IN == 0 else None
        for left in folder.glob(f"{number}.*"):
            left.unlink()


def main(kind: str, seed: str, count: str, folder: str) -> None:
    """Check so many inputs of a kind; says how many were refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    refused = 0
    for number, path in enumerate(paths(Path(folder), int(count))):
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        try:
            CHECKS[kind](random.Random(f"{seed} {number}"), path)
        except SourceError as error:
            if "\n" in str(error):
                raise
            refused += 1
        except BaseException:
            sys.stderr.write(f"{kind} input {number} of seed {seed}\n")
            raise
    faulthandler.cancel_dump_traceback_later()
    sys.stdout.write(f"{refused} of {count} refused\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
