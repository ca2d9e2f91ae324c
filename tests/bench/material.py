"""What is measured on: records grown from the sample corpus, no two alike, and real ones where a folder is given."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from harvest import medline
from harvest.batches import batches
from harvest.model import Study
from tests.bulk.files import file_of
from tests.pubmed.corpus import corpus_files, read_bytes, split_records
from tests.pubmed.grow import grow
from tests.pubmed.server import SAMPLE

NEWEST = date(2026, 11, 21)
AT_ONCE = 500

_PMID = re.compile(rb"<PMID[^>]*>\s*(\d+)")


def grown_records(count: int, seed: int = 1) -> Iterator[bytes]:
    """Different records with varying text; another seed makes others."""
    corpus = [record for path in corpus_files([SAMPLE]) for record in split_records(read_bytes(path))]
    return grow(corpus, count, seed=seed, newest=NEWEST)


def grown(count: int, seed: int = 1) -> Iterator[list[Study]]:
    """Different studies with varying text, some hundred at a time."""
    for batch in batches(grown_records(count, seed), AT_ONCE):
        yield [study for study in medline.read_set(file_of(batch)) if isinstance(study, Study)]


def real_articles(folder: Path) -> list[bytes]:
    """The articles in a folder's PubMed XML, one revision of each."""
    articles: dict[str, bytes] = {}
    for path in corpus_files([folder]):
        for record in split_records(read_bytes(path)):
            if record.startswith(b"<PubmedArticle>"):
                articles.setdefault(pmid_of(record), record)
    return list(articles.values())


def pmid_of(record: bytes) -> str:
    """A record's PMID; empty where it has none."""
    found = _PMID.search(record)
    return found[1].decode() if found else ""


def write(path: Path, records: Iterable[bytes], compression: int = 0) -> Path:
    """A file as PubMed's are. pubmed_parser takes gzip alone; level 0 costs next to nothing to unpack."""
    path.write_bytes(gzip.compress(file_of(records), compression))
    return path
