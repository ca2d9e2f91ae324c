from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.pubmed import Corpus
from tests.pubmed.invented import CHAPTER, LETTER, OLD, RATS, TRIAL, article, article_set, records


def test_every_record_keeps_its_own_bytes(corpus: Corpus) -> None:
    """Articles and books are stored word for word."""
    assert [corpus.xml(pmid) for pmid in (TRIAL, LETTER, RATS, OLD, CHAPTER)] == records()
    assert len(corpus) == 5


def test_files_and_folders_are_read(tmp_path: Path) -> None:
    """A folder is searched for plain and zipped files; a file named is read whatever it is called."""
    first, second, third, *_ = records()
    (tmp_path / "a.xml").write_bytes(article_set(first))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.xml.gz").write_bytes(gzip.compress(article_set(second)))
    (tmp_path / "notes.txt").write_bytes(article_set(third))
    assert Corpus.read([tmp_path]).pmids() == {TRIAL, LETTER}
    assert Corpus.read([tmp_path / "notes.txt"]).pmids() == {RATS}


def test_a_file_without_articles_is_left_out_with_a_warning(tmp_path: Path) -> None:
    """An error answer or a page among the files does not stop the rest."""
    page = tmp_path / "page.xml"
    page.write_bytes(b"<!DOCTYPE html><html></html>")
    (tmp_path / "set.xml").write_bytes(article_set(records()[0]))
    with pytest.warns(UserWarning, match=r"page\.xml holds no PubMed articles"):
        assert len(Corpus.read([tmp_path])) == 1


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"<PubmedArticle><a></PubmedArticle>", "not well-formed"),
        (b"<PubmedArticle></PubmedArticle>", "without a PMID"),
    ],
)
def test_a_broken_record_is_named_with_its_file(tmp_path: Path, record: bytes, message: str) -> None:
    """A corpus that cannot be read whole is not served in part."""
    (tmp_path / "bad.xml").write_bytes(article_set(record))
    with pytest.raises(ValueError, match=rf"bad\.xml.*{message}"):
        Corpus.read([tmp_path])


@pytest.mark.parametrize("turned", [False, True])
def test_the_latest_revision_is_kept(turned: bool) -> None:
    """Whatever the order: the highest version, then the latest DateRevised."""
    revisions = [
        article(TRIAL, title="First.", revised="2026-11-03"),
        article(TRIAL, title="Second.", revised="2026-11-09"),
        article(LETTER, title="Version two.", version=2, revised="2026-11-03"),
        article(LETTER, title="Version one.", version=1, revised="2026-11-09"),
    ]
    corpus = Corpus(reversed(revisions) if turned else revisions)
    assert (corpus.xml(TRIAL), corpus.xml(LETTER)) == (revisions[1], revisions[2])
    assert corpus.words(["title"], "first") == frozenset()


def test_deletions_in_a_file_remove_records(tmp_path: Path) -> None:
    """DeleteCitation takes records away, from every index."""
    (tmp_path / "a.xml").write_bytes(article_set(*records()))
    (tmp_path / "b.xml").write_bytes(article_set(deleted=[TRIAL]))
    corpus = Corpus.read([tmp_path])
    assert corpus.xml(TRIAL) is None
    assert corpus.pmids() == {LETTER, RATS, OLD, CHAPTER}
    assert corpus.words(["title"], "depression") == corpus.term("nm", "esketamine") == frozenset()
    assert TRIAL not in corpus.days("crdt", "2026-01-01", "2026-12-31")


def test_records_can_be_listed_in_three_orders(corpus: Corpus) -> None:
    """By PMID, by entry date and by publication date, the newest first."""
    everything = corpus.pmids()
    assert corpus.newest_first(everything, "pmid") == [CHAPTER, OLD, RATS, LETTER, TRIAL]
    assert corpus.newest_first(everything, "entered") == [TRIAL, LETTER, CHAPTER, RATS, OLD]
    assert corpus.newest_first(everything, "published") == [TRIAL, LETTER, RATS, CHAPTER, OLD]


def test_the_best_match_comes_first(corpus: Corpus) -> None:
    """A rare word counts for more than one that is everywhere; what has no word comes last."""
    assert corpus.best_first(corpus.pmids(), ["xylazine", "ketamine"])[0] == RATS
    assert corpus.best_first({TRIAL, OLD}, []) == [OLD, TRIAL]
