"""Reading PubMed's XML into studies, against those who do the same, and against lxml's building of the trees alone."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from tests.bench.material import pmid_of, real_articles, write
from tests.bench.measure import ROUNDS, Figure, Options, fresh, in_turn, seconds, spent, times_as_fast
from tests.bench.readers import Told, plain
from tests.bulk.speed import records
from tests.pubmed.corpus import read_bytes, split_records

RECORDS = 3_000

PEERS = Path(".venv/peers/bin/python")
PINS = Path("tests/bench/peers.txt")

OVER_PUBMED_PARSER, OF_THE_TREES = 3.5, 0.5

TREES = "lxml's trees"
"""The floor: nothing reads a record with lxml quicker than its tree is built from a file, its references left out."""

FIELDS = """MedlineCitation/PMID ArticleTitle DescriptorName@UI AbstractText LastName ForeName QualifierName@UI
Journal/Title ISOAbbreviation Volume Issue MedlinePgn Language PublicationType Keyword NameOfSubstance GrantID Agency
PublicationStatus ELocationID CopyrightInformation"""
"""What xtract is asked for; the first three are compared."""

_START, _STOP, _CITED, _NOT_CITED = b"<PubmedArticle>", b"</PubmedArticle>", b"<ReferenceList>", b"</ReferenceList>"

_SMALL_DIGITS = re.compile("[⁰¹²³⁴-⁹₀-₉]")
_TEXTS = {
    "title": re.compile(rb"<(ArticleTitle)\b[^>]*>[^<]*<[^/].*?</\1>", re.DOTALL),
    "abstract": re.compile(rb"<(AbstractText)\b[^>]*>[^<]*<[^/].*?</\1>", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One who reads: what it takes for a file, and what it reads of each record, as far as that can be compared."""

    seconds: Callable[[Path], float]
    told: Callable[[Path], list[dict[str, Any]]]


def parse(options: Options) -> Iterator[Figure | str]:
    """Full records, one file after the other; every round reads other records, or the same in a fresh process."""
    with TemporaryDirectory() as folder:
        count = options.records or RECORDS
        files = [
            write(Path(folder) / f"{number}.xml.gz", records(count, seed=number)) for number in range(1, ROUNDS + 1)
        ]
        yield from _measured("generated", files)
        if options.real:
            yield from _measured("real", [write(Path(folder) / "real.xml.gz", real_articles(options.real))] * ROUNDS)


def sides() -> dict[str, Side]:
    """Ours and those peers that are installed."""
    found = {"harvest": _reader(sys.executable, "harvest")}
    if PEERS.exists():
        found |= {f"{name} {_pinned(name)}": _reader(str(PEERS), name) for name in ("pubmed_parser", "biopython")}
    if shutil.which("xtract"):
        found["xtract"] = Side(lambda path: spent(_xtract(path)).processor, told_by_xtract)
    return found


def differences(ours: Mapping[str, Told], theirs: Iterable[dict[str, Any]], xml: Mapping[str, bytes]) -> Counter[str]:
    """In how many records another reader says otherwise, by field and cause; one that is missing or too much is named.

    Args:
        ours: what harvest read, by PMID.
        theirs: what the other read of each record, in as many fields as it was asked for.
        xml: the records by PMID, where the causes stand.
    """
    found: Counter[str] = Counter()
    left = set(ours)
    for told in theirs:
        if told["pmid"] not in left:
            found["record: it is not in the file, or comes twice"] += 1
            continue
        left.remove(told["pmid"])
        mine = ours[told["pmid"]]._asdict()
        for field, value in told.items():
            if mine[field] != value:
                found[f"{field}: {_cause(field, xml[told['pmid']])}"] += 1
    if left:
        found["record: left out"] = len(left)
    return found


def _cause(field: str, xml: bytes) -> str:
    """Why another reader may say otherwise; what has no known cause is told as such."""
    if field in _TEXTS and _TEXTS[field].search(xml):
        return "markup in the text, which becomes 10^3 here"
    if field in _TEXTS and _SMALL_DIGITS.search(xml.decode()):
        return "Unicode's small digits, which become plain ones there"
    if field == "abstract" and xml.count(b"<AbstractText ") == 1:
        return "the label of the only section"
    if field == "doi" and b'<ELocationID EIdType="pii"' in xml:
        return "the publisher's number stands beside it"
    return "unexplained"


def built(path: Path, references: bool) -> float:
    """The seconds from a file to a tree of each record, one at a time, with its references or without."""
    return seconds(lambda: [etree.fromstring(xml).tag for xml in _records(path, references)])


def built_alone(path: Path) -> float:
    """The seconds that lxml takes for the trees alone, of records that were cut out of the file before."""
    records = list(_records(path, references=False))
    return seconds(lambda: [etree.fromstring(xml).tag for xml in records])


def _records(path: Path, references: bool) -> Iterator[bytes]:
    body, end = read_bytes(path), 0
    while (start := body.find(_START, end)) >= 0:
        end = body.index(_STOP, start) + len(_STOP)
        record = body[start:end]
        yield record if references else _cut(record)


def _cut(record: bytes) -> bytes:
    """A record without its references."""
    start = record.find(_CITED)
    return record if start < 0 else record[:start] + record[record.rindex(_NOT_CITED) + len(_NOT_CITED) :]


def told_by_xtract(path: Path) -> list[dict[str, Any]]:
    """The first fields of what xtract prints."""
    lines = subprocess.run(_xtract(path), capture_output=True, text=True, check=True).stdout.splitlines()
    read = (line.split("\t")[:3] for line in lines)
    return [
        {
            "pmid": pmid,
            "title": "" if title == "-" else plain(title),
            "headings": [ui for ui in headings.split("|") if ui not in ("", "-")],
        }
        for pmid, title, headings in read
    ]


def _measured(material: str, files: list[Path]) -> Iterator[Figure | str]:
    readers = sides()
    yield from _compared(material, readers, files[0])
    count = len(list(split_records(read_bytes(files[0]))))
    timed: dict[str, Callable[[int], float]] = {
        name: partial(lambda side, number: side.seconds(files[number]), side) for name, side in readers.items()
    }
    timed |= {
        TREES: lambda number: fresh(built, files[number], references=False),
        f"{TREES}, references too": lambda number: fresh(built, files[number], references=True),
        f"{TREES}, cut out before": lambda number: fresh(built_alone, files[number]),
    }
    taken = in_turn(timed)
    ours = count / statistics.median(taken["harvest"])
    for name, theirs in taken.items():
        if name != "harvest":
            least = OVER_PUBMED_PARSER if name.startswith("pubmed_parser") else None
            least = OF_THE_TREES if name == TREES else least
            detail = f"{ours:,.0f} to {count / statistics.median(theirs):,.0f} records a second"
            ratio = times_as_fast(taken["harvest"], theirs)
            yield Figure(f"{material} records, against {name}", ratio, "x", least=least, detail=detail)


def _compared(material: str, readers: Mapping[str, Side], path: Path) -> Iterator[str]:
    """What the others read otherwise than harvest, before any is timed."""
    ours = {told["pmid"]: Told(**told) for told in readers["harvest"].told(path)}
    xml = {pmid_of(record): record for record in split_records(read_bytes(path))}
    for name, side in readers.items():
        if name != "harvest":
            found = differences(ours, side.told(path), xml)
            listed = ", ".join(f"{count:,} {what}" for what, count in sorted(found.items())) or "none"
            yield f"{name} reads otherwise, of {len(ours):,} {material} records: {listed}"


def _reader(python: str, name: str) -> Side:
    command = [python, "-m", "tests.bench.readers", name]

    def asked(*arguments: str) -> str:
        return subprocess.run([*command, *arguments], capture_output=True, text=True, check=True).stdout

    return Side(
        lambda path: float(json.loads(asked(str(path)))["seconds"]),
        lambda path: [json.loads(line) for line in asked(str(path), "--tell").splitlines()],
    )


def _xtract(path: Path) -> list[str]:
    """The command for a file, which is unpacked beside it, as xtract takes no gzip."""
    unpacked = path.with_suffix("")
    if not unpacked.exists():
        unpacked.write_bytes(gzip.decompress(path.read_bytes()))
    options = "-mixed -pattern PubmedArticle -def - -sep | -element"
    return ["xtract", "-input", str(unpacked), *options.split(), *FIELDS.split()]


def _pinned(name: str) -> str:
    """The version of a peer that the lock file asks for."""
    found = re.search(rf"^{name.replace('_', '-')}==(\S+)", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""
