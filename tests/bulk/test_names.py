"""Which files there are, and their order."""

from __future__ import annotations

from pathlib import Path

from harvest.bulk.names import in_order, place_of


def test_files_are_in_the_order_in_which_pubmed_made_them() -> None:
    """By year, then by number, whatever the folder; sums are passed over."""
    given = ["b/pubmed26n0002.xml.gz", "pubmed26n1335.xml.gz", "a/pubmed25n9999.xml", "pubmed26n0001.xml.gz.md5"]
    files, problems = in_order(map(Path, given))
    assert [file.name for file in files] == ["pubmed25n9999", "pubmed26n0002", "pubmed26n1335"]
    assert [place_of(file.name) for file in files] == [file.place for file in files]
    assert problems == []


def test_other_names_are_told() -> None:
    """They have no place in the order."""
    for name in ("medline16n0902.xml.gz", "pubmed26n0001.xml.gz.part", "pubmed26n0001", "PUBMED26N0001.XML.GZ"):
        assert in_order([Path(name)]) == (
            [],
            [f"{name}: not named like PubMed's files, pubmed26n0001.xml.gz; try harvest load"],
        )


def test_a_name_counts_once() -> None:
    """The same file given twice is no trouble; two files of one name are."""
    again = Path("a/pubmed26n0001.xml.gz")
    files, problems = in_order([again, again])
    assert len(files) == 1
    assert problems == []
    files, problems = in_order([again, Path("b/pubmed26n0001.xml.gz")])
    assert [file.path for file in files] == [again]
    assert problems == ["b/pubmed26n0001.xml.gz: left out, as a/pubmed26n0001.xml.gz has the same name"]
