"""How quickly PubMed's files are looked through, and what memory a worker needs for it.

A file is made as PubMed's are: some 30,000 records grown from the sample corpus, of which one in a thousand is about
the subject; a third of the bytes are references, of which some name it.
"""

from __future__ import annotations

import gzip
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from harvest.bulk.scan import Job, scan
from harvest.bulk.terms import Terms, terms_of
from harvest.config import load
from tests.bench.measure import Figure, Options, in_turn, seconds, times_as_fast
from tests.bulk.files import add_sum, file_of
from tests.pubmed.corpus import corpus_files, read_bytes, split_records
from tests.pubmed.grow import grow
from tests.pubmed.server import SAMPLE

RECORDS = 30_000
OVER_GUNZIP, MEMORY_MORE = 1.25, 60

EVERY = 1_000
"""One record of so many is about the subject."""

CITING = 20
"""One record of so many may cite what is about the subject."""

_SUBJECT = re.compile(rb"(?i)ketam|spravat|ketala|ketan|ketas")

CITED = 15
"""References of a record, on average."""

PUBMED = 52_000_000_000
"""Bytes of all of PubMed's 1,334 baseline files of 2026, compressed, at the most that is reported (30 GB the least)."""

MEMORY = """
import harvest.cli
from tests.bench.measure import peak_memory
{work}
print(peak_memory())
"""
"""Has a worker as ``harvest bulk`` starts it do some work, or none, and tell the most memory that it took."""

WORK = """
from harvest.bulk.scan import Job, scan
from tests.bulk.speed import terms
scan(Job({path!r}, terms()))
"""


def terms() -> Terms:
    """What the shipped recipe asks for."""
    return terms_of((search.name, search.expression) for search in load(Path("db"), {}).recipe.searches)


def records(count: int, seed: int = 1) -> Iterator[bytes]:
    """Records as in a file of PubMed."""
    random = Random(seed)
    corpus = [record for path in corpus_files([SAMPLE]) for record in split_records(read_bytes(path))]
    words = sorted(
        {word for record in corpus for word in re.findall(rb"[A-Za-z]{3,}", re.sub(rb"<[^>]*>", b"", record))}
    )
    for number, record in enumerate(grow(corpus, count, seed=seed, newest=date(2026, 11, 21))):
        told = record if number % EVERY == 0 else re.sub(_SUBJECT, b"caffe", record)
        cited = b"".join(_reference(random, words) for _ in range(random.randrange(2 * CITED)))
        cited = cited if number % CITING == 0 else re.sub(_SUBJECT, b"caffe", cited)
        yield told.replace(b"</PubmedData>", b"<ReferenceList>" + cited + b"</ReferenceList></PubmedData>")


def _reference(random: Random, words: list[bytes]) -> bytes:
    said = b" ".join(random.choices(words, k=12))
    ids = b'<ArticleIdList><ArticleId IdType="pubmed">%d</ArticleId></ArticleIdList>' % random.randrange(1, 40_000_000)
    return b"<Reference><Citation>%b. 2019;%d:1-9.</Citation>%b</Reference>" % (said, random.randrange(900), ids)


def gunzip(path: Path) -> None:
    """Decompress a file with the standard library, and do nothing else."""
    with gzip.open(path) as stream:
        while stream.read(1 << 20):
            pass


def peak(work: str) -> float:
    """The most memory, in MB, of a worker that does some work."""
    code = MEMORY.format(work=work)
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def bulk(options: Options) -> Iterator[Figure | str]:
    """Looking through a file, its sum checked, against decompressing it with the standard library."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pubmed26n0001.xml.gz"
        body = file_of(records(options.records or RECORDS))
        path.write_bytes(gzip.compress(body, 6))
        add_sum(path)
        size, plain = path.stat().st_size, len(body)
        del body
        job = Job(str(path), terms())
        found = scan(job)
        taken = in_turn(
            {"gunzip": lambda _: seconds(lambda: gunzip(path)), "ours": lambda _: seconds(lambda: scan(job))}
        )
        alone, ours = (statistics.median(taken[side]) for side in ("gunzip", "ours"))
        sizes = f"{plain / 1e6:,.0f} MB of XML, {size / 1e6:,.1f} MB compressed"
        yield f"{len(found.named):,} records, {sizes}; {len(found.hits):,} hits"
        detail = f"{plain / ours / 1e6:,.0f} to {plain / alone / 1e6:,.0f} MB a second, MD5 included"
        ratio = times_as_fast(taken["ours"], taken["gunzip"])
        yield Figure("against gunzip of the standard library alone", ratio, "x", least=OVER_GUNZIP, detail=detail)
        idle = peak("")
        more = peak(WORK.format(path=str(path))) - idle
        yield Figure(
            "a worker's memory above an idle one's", more, "MB", most=MEMORY_MORE, detail=f"idle {idle:.0f} MB"
        )
        minutes = PUBMED / (size / ours) / 60
        detail = f"{PUBMED / 1e9:.0f} GB / {size / ours / 1e6:.0f} MB a second"
        yield Figure("all of PubMed, by bytes", minutes, "minutes of one core", detail=detail)
