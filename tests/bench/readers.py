"""Those who read PubMed's XML, each as it is meant to be used: ``python -m tests.bench.readers NAME FILE``.

The peers live in an environment of their own, so every reader is run in a process of its own, and nothing is imported
here that is not the reader's. It tells in JSON how many records it read in how many seconds of a processor; with
``--tell`` what it read of each instead, in the same form whoever reads.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

ALLOCATIONS = 100_000
"""As ``harvest.cli`` sets it, for all alike: cycles are looked for after so many objects."""


class Told(NamedTuple):
    """What a record says, as far as every reader reads it.

    White space is collapsed. ``abstract`` holds the labels of its sections; ``authors`` are last name and fore name,
    both empty for a group; ``headings`` and ``qualifiers`` are identifiers of MeSH.
    """

    pmid: str
    title: str
    abstract: str
    authors: list[list[str]]
    doi: str
    headings: list[str]
    qualifiers: list[str]


class Reader(NamedTuple):
    """How to read a file, one record after the other, and how to put a record that was read."""

    read: Callable[[str], Iterable[Any]]
    told: Callable[[Any], Told]


def harvest(path: str) -> Iterator[Any]:
    """Ours."""
    from harvest import medline
    from harvest.model import Study

    with open(path, "rb") as stream:
        yield from (record for record in medline.read(stream) if isinstance(record, Study))


def _told_by_harvest(study: Any) -> Told:
    return Told(
        str(study.pmid),
        study.title,
        _line(part for section in study.sections[1:] for part in (section.label, section.text)),
        [[author.last_name or "", author.fore_name or ""] for author in study.authors if author.role == "author"],
        study.doi or "",
        [heading.ui for heading in study.mesh if heading.ui != heading.name],
        [one.ui for heading in study.mesh for one in heading.qualifiers if one.ui != one.name],
    )


def pubmed_parser(path: str) -> Iterable[Any]:
    """With every field that it can give; it reads references whatever is asked."""
    from pubmed_parser import parse_medline_xml  # type: ignore[import-not-found]  # in the peers' environment

    found: Iterable[Any] = parse_medline_xml(
        path, author_list=True, year_info_only=False, parse_downto_mesh_subterms=True
    )
    return found


def _told_by_pubmed_parser(article: dict[str, Any]) -> Told:
    return Told(
        article["pmid"],
        _line([article["title"]]),
        _line([article["abstract"]]),
        [[author["lastname"], author["forename"]] for author in article["authors"]],
        article["doi"],
        re.findall(r"\b(D\d{6,}):", article["mesh_terms"]),
        re.findall(r"\b(Q\d{6,}):", article["mesh_terms"]),
    )


def biopython(path: str) -> Iterable[Any]:
    """The whole file at once: ``Entrez.parse`` takes no set that the DTD allows deletions in, as it does since 2018.

    Records of older forms are taken too, and what stands in a text is told from its markup.
    """
    import gzip

    from Bio import Entrez  # type: ignore[import-not-found]  # in the peers' environment

    with gzip.open(path) as stream:
        found: Iterable[Any] = Entrez.read(stream, validate=False, escape=True)["PubmedArticle"]
    return found


def _told_by_biopython(record: Any) -> Told:
    citation = record["MedlineCitation"]
    article = citation["Article"]
    sections = article.get("Abstract", {}).get("AbstractText", [])
    own = [*article.get("ELocationID", []), *record.get("PubmedData", {}).get("ArticleIdList", [])]
    dois = [one for one in own if "doi" in (one.attributes.get("EIdType"), one.attributes.get("IdType"))]
    headings = citation.get("MeshHeadingList", [])
    return Told(
        str(citation["PMID"]),
        _line([plain(article["ArticleTitle"])]),
        _line(part for text in sections for part in (_label(text), plain(text))),
        [[author.get("LastName", ""), author.get("ForeName", "")] for author in article.get("AuthorList", [])],
        plain(next((doi for doi in dois if doi.attributes.get("ValidYN") != "N"), "")),
        [ui for heading in headings if (ui := heading["DescriptorName"].attributes["UI"])],
        [ui for heading in headings for one in heading["QualifierName"] if (ui := one.attributes["UI"])],
    )


def _label(text: Any) -> str:
    return str(getattr(text, "attributes", {}).get("Label", ""))


def plain(text: Any) -> str:
    """A text without the tags and entities that some leave in it."""
    from html import unescape

    return unescape(re.sub(r"</?[a-z:]+[^<>]*>", "", str(text)))


def _line(parts: Iterable[str | None]) -> str:
    return " ".join(" ".join(filter(None, parts)).split())


READERS = {
    "harvest": Reader(harvest, _told_by_harvest),
    "pubmed_parser": Reader(pubmed_parser, _told_by_pubmed_parser),
    "biopython": Reader(biopython, _told_by_biopython),
}


def main() -> None:
    """Read a file and tell of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.readers", description=__doc__)
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("path")
    parser.add_argument("--tell", action="store_true")
    options = parser.parse_args()
    reader = READERS[options.reader]
    gc.set_threshold(ALLOCATIONS)
    if options.tell:
        sys.stdout.writelines(f"{json.dumps(reader.told(record)._asdict())}\n" for record in reader.read(options.path))
        return
    started = time.process_time()
    count = sum(1 for _ in reader.read(options.path))
    json.dump({"records": count, "seconds": time.process_time() - started}, sys.stdout)


if __name__ == "__main__":
    main()
