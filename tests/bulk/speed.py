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
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from harvest.bulk.scan import Job, scan
from harvest.bulk.terms import Terms, terms_of
from harvest.config import load
from tests.bulk.files import add_sum, file_of
from tests.pubmed.corpus import corpus_files, read_bytes, split_records
from tests.pubmed.grow import grow
from tests.pubmed.server import SAMPLE

ROUNDS = 7
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
import re
from pathlib import Path
import harvest.cli
{work}
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
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


def records(count: int) -> Iterator[bytes]:
    """Records as in a file of PubMed."""
    random = Random(3)
    corpus = [record for path in corpus_files([SAMPLE]) for record in split_records(read_bytes(path))]
    words = sorted(
        {word for record in corpus for word in re.findall(rb"[A-Za-z]{3,}", re.sub(rb"<[^>]*>", b"", record))}
    )
    for number, record in enumerate(grow(corpus, count, newest=date(2026, 11, 21))):
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


def taken(work: Callable[[], object]) -> float:
    """The seconds of one core that some work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def peak(work: str) -> float:
    """The most memory, in MB, of a worker that does some work."""
    code = MEMORY.format(work=work)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout) / 1_024


def bulk(count: int) -> None:
    """Looking through a file, its sum checked, against decompressing it with the standard library."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pubmed26n0001.xml.gz"
        body = file_of(records(count))
        path.write_bytes(gzip.compress(body, 6))
        add_sum(path)
        size, plain = path.stat().st_size, len(body)
        del body
        job = Job(str(path), terms())
        found = scan(job)
        rounds = [(taken(lambda: gunzip(path)), taken(lambda: scan(job))) for _ in range(ROUNDS)]
        alone, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(one / other for one, other in rounds)
        print(f"  {len(found.named):,} records, {plain / 1e6:,.0f} MB, {size / 1e6:,.1f} MB compressed;", end=" ")
        print(f"{len(found.hits):,} hits")
        print(f"  stdlib gunzip alone {alone:.2f} s, {plain / alone / 1e6:,.0f} MB/s")
        print(
            f"  harvest bulk, with MD5 {ours:.2f} s, {plain / ours / 1e6:,.0f} MB/s: {ratio:.2f} times as fast", end=" "
        )
        print(f"(median of {ROUNDS} rounds in turn)")
        idle = peak("")
        print(f"  idle worker {idle:.0f} MB, at work {peak(WORK.format(path=str(path))) - idle:.0f} MB more")
        print(f"  all of PubMed: {PUBMED / 1e9:.0f} GB / {size / ours / 1e6:.0f} MB/s = ", end="")
        print(f"{PUBMED / (size / ours) / 60:.1f} minutes of one core")
