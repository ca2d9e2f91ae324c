"""PubMed's numbered files, small ones, and someone to look through them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path

from harvest.bulk.scan import scan
from harvest.bulk.terms import parse
from harvest.bulk.workers import Crew
from tests.pubmed.invented import article

TERMS = parse("ketamine[tiab] OR ketamin[tiab] OR ketalar[tiab] OR spravato[tiab]")

HERE = Crew(lambda job: lambda: scan(job), ahead=2)
"""Looks through the files in this process."""

START = b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet SYSTEM "pubmed_250101.dtd">\n'


def deletion(*pmids: int) -> bytes:
    """What withdraws records."""
    listed = "".join(f'<PMID Version="1">{pmid}</PMID>\n' for pmid in pmids)
    return f"<DeleteCitation>\n{listed}</DeleteCitation>".encode()


def citing(record: bytes, cited: str) -> bytes:
    """A record with a reference."""
    listed = f"<ReferenceList><Reference><Citation>{cited}</Citation></Reference></ReferenceList></PubmedData>"
    return record.replace(b"</PubmedData>", listed.encode())


def file_of(records: Iterable[bytes]) -> bytes:
    """A file's XML."""
    return START + b"<PubmedArticleSet>\n" + b"\n".join(records) + b"\n</PubmedArticleSet>\n"


def write(folder: Path, number: int, *records: bytes, year: int = 26, with_sum: bool = False) -> Path:
    """A file, with its sum beside it if that is wanted."""
    path = folder / f"pubmed{year}n{number:04}.xml.gz"
    path.write_bytes(gzip.compress(file_of(records), 6))
    if with_sum:
        add_sum(path)
    return path


def add_sum(path: Path) -> None:
    """The sum as PubMed writes it beside a file."""
    found = hashlib.md5(path.read_bytes()).hexdigest()
    path.with_name(path.name + ".md5").write_text(f"MD5({path.name})= {found}\n")


def about(pmid: int, title: str = "Ketamine in an invented study.", **more: str) -> bytes:
    """A record that the search finds."""
    return article(pmid, title=title, **more)  # type: ignore[arg-type]  # texts are given by name


def other(pmid: int, title: str = "Something else in an invented study.") -> bytes:
    """A record that it does not."""
    return article(pmid, title=title)
