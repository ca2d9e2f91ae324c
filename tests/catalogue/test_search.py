"""What readers type finds what they mean, the best match first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvest.catalogue import notions
from harvest.catalogue import search as module
from harvest.catalogue.filters import Filters
from harvest.catalogue.search import SORTS, Searcher
from harvest.catalogue.sets import Sets
from tests.catalogue.shelf import Shelf


@pytest.fixture
def pain(shelf: Shelf) -> Shelf:
    """A few studies among many of something else."""
    shelf.facet("condition", "low-mood", "resistant-mood", "fear", "compulsion")
    shelf.facet("effect", "bladder", "memory")
    shelf.facet("substance", "sampline")
    shelf.names("condition", "low-mood", "low mood", "depression", "MDD")
    shelf.names("condition", "resistant-mood", "resistant depression", "TRD")
    shelf.names("condition", "fear", "anxiety", "SAD", "phobia")
    shelf.names("effect", "bladder", "cystitis", "sampline bladder")
    shelf.names("effect", "memory", "memory")
    shelf.names("substance", "sampline", "Samplax", "sampline")
    shelf.study(1, "A trial of sampline", "Low spirits were lifted in adults.", "condition/low-mood substance/sampline")
    shelf.study(2, "Depression and sampline", "Depression was treated.", "!condition/low-mood !substance/sampline")
    shelf.study(3, "Depression in old age", "It was treated in old age with sampline.", "!condition/low-mood")
    shelf.study(4, "Bladder", "Painful cystitis after sampline.", "effect/bladder", keywords="urology")
    shelf.study(5, "Recall", "Behavioural tests of recall.", "effect/memory", mesh="Memory; Child")
    shelf.study(6, "Fear", "Electric shock therapy (EST) in social phobia.", "condition/fear", publication_year=2019)
    shelf.study(7, "Shocks", "Electric shock therapy was safe.", publication_year=2020)
    shelf.study(8, "On EST", "EST was given.", publication_year=2021)
    for pmid in range(11, 15):
        shelf.study(pmid, "Depression of behavior", "Something with cystitis.", keywords="cystitis; behavioral")
    shelf.others(60)
    return shelf


def test_a_tag_is_found_by_what_readers_call_it(pain: Shelf) -> None:
    """Though its study has not the word; one that has the word beside the tag comes first."""
    found = pain.find("low mood sampline")
    assert found.pmids[:2] == [2, 1]
    assert found.read_as == [("condition", "low-mood"), ("substance", "sampline")]


@pytest.mark.parametrize("typed", ["Samplax", "samplax", "SAMPLAX"])
def test_a_brand_name_finds_its_substance(pain: Shelf, typed: str) -> None:
    """In any case of letters."""
    assert set(pain.find(typed).pmids) == {1, 2}


@pytest.mark.parametrize("typed", ["MDD", "mdd", "MDD?"])
def test_an_abbreviation_is_known_in_small_letters(pain: Shelf, typed: str) -> None:
    """As hurried readers type it."""
    assert pain.find(typed).read_as == [("condition", "low-mood")]


def test_an_everyday_word_is_no_abbreviation(pain: Shelf) -> None:
    """Who is sad has no social anxiety disorder, but in capitals it is one."""
    assert pain.find("sad").read_as == []
    assert pain.find("SAD").read_as == [("condition", "fear")]


@pytest.mark.parametrize("typed", ["EST", "est"])
def test_an_abbreviation_finds_what_the_texts_say_it_stands_for(pain: Shelf, typed: str) -> None:
    """In capitals if one text says so, in small letters if some do."""
    assert set(pain.find("EST").pmids) == {6, 7, 8}
    assert set(pain.find("est").pmids) == {6, 8}
    pain.study(9, "Once more", "Of electric shock therapy (EST) again.")
    assert set(pain.find(typed).pmids) == {6, 7, 8, 9}


def test_what_an_abbreviation_stands_for_names_tags_too(pain: Shelf) -> None:
    """A study that carries them is found though it has neither the short nor the long form."""
    pain.study(20, "Long", "In depression with great fears (DGF) nothing helped.")
    found = pain.find("DGF")
    assert {1, 2, 3, 20} == set(found.pmids)
    assert found.read_as == [("condition", "low-mood")]


def test_the_longest_name_counts(pain: Shelf) -> None:
    """Resistant depression is not depression that is resistant."""
    assert pain.find("resistant depression").read_as == [("condition", "resistant-mood")]
    assert pain.find("TRD depression").read_as == [("condition", "resistant-mood"), ("condition", "low-mood")]


def test_a_whole_question_is_read_by_its_telling_words(pain: Shelf) -> None:
    """What every question has finds nothing."""
    question = pain.find("can you please tell me what happens to the bladder?")
    assert question.pmids == [4]
    assert "please" not in question.marked


@pytest.mark.parametrize(
    ("typed", "meant"), [("cystitiss", "cystitis"), ("cistitis", "cystitis"), ("saplax", "samplax")]
)
def test_a_slip_of_the_finger_is_forgiven(pain: Shelf, typed: str, meant: str) -> None:
    """Of words that the studies use and of those that tags are called by; what was read is told."""
    found = pain.find(typed)
    assert found.corrections == {typed: meant}
    assert found.pmids == pain.find(meant).pmids != []


def test_a_slip_in_a_word_of_abstracts_is_forgiven(pain: Shelf) -> None:
    """Though no title, keyword or name of a tag has it; and in a part of a word with a hyphen."""
    pain.study(21, "On rats", "Extinguishing was measured in a placebo-controlled trial.")
    assert pain.find("extinguishng").pmids == pain.find("extinguish").pmids == [21]
    assert pain.find("plcebo-controlled").corrections == {"plcebo": "placebo"}
    assert pain.find("xqzwvkj").corrections == {}


def test_few_unknown_words_are_looked_for_in_abstracts(pain: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes hundreds of look-ups, and a query may have many."""
    pain.study(21, "On rats", "Extinguishing was measured, then sharpened.")
    monkeypatch.setattr(notions, "SEARCHED", 1)
    assert pain.find("extinguishng sharpning").corrections == {"extinguishng": "extinguishing"}


def test_a_word_that_abstracts_use_is_no_slip(pain: Shelf) -> None:
    """Though titles and keywords have only one that looks like it; nor is a word in capitals."""
    for pmid in range(30, 33):
        pain.study(pmid, "Of rats", "The depressions were deep, and the bladders were full.")
    pain.study(33, "Depressiona")
    assert pain.find("bladders").corrections == {}
    assert pain.find("DEPRESSIOM").corrections == {}


@pytest.mark.parametrize("typed", ["behaviour", "behavior"])
def test_a_word_is_found_in_both_spellings(pain: Shelf, typed: str) -> None:
    """The British and the American one."""
    assert {11, 12, 13, 14} <= set(pain.find(typed).pmids)


def test_a_phrase_must_be_there(pain: Shelf) -> None:
    """As it is, with or without other words."""
    assert set(pain.find('"old age"').pmids) == {3}
    assert set(pain.find('"old age" sampline').pmids) == {3}
    assert pain.find('"age old" sampline').total == 0


def test_what_is_excluded_is_not_there(pain: Shelf) -> None:
    """Words and phrases alike."""
    assert set(pain.find("depression").pmids) > {1, 2, 3}
    assert not {2, 3} & set(pain.find("depression -treated").pmids)
    assert set(pain.find('sampline -"old age" -cystitis').pmids) == {1, 2}


@pytest.mark.parametrize(
    ("typed", "pmids"),
    [
        ("title:bladder", {4}),
        ("abstract:depression", {2}),
        ("keyword:urology", {4}),
        ("mesh:child", {5}),
        ("title:depression -abstract:treated", {11, 12, 13, 14}),
        ("year:2020", {7}),
        ("year:2020-", {7, 8}),
        ("year:2018-2020", {6, 7}),
        ("year:soon", set()),
        ("author:Sample", {1}),
        ('author:"sample ada"', {1}),
        ("journal:annals", {2}),
        ('journal:"Annals of Invention"', {2}),
    ],
)
def test_a_field_can_be_asked(pain: Shelf, typed: str, pmids: set[int]) -> None:
    """By title, abstract, keywords, headings, author, journal or year."""
    pain.db.table("authors").insert({"id": 1, "name": "Sample Ada"})
    pain.db.table("study_authors").insert({"pmid": 1, "position": 1, "author_id": 1, "role": "author"})
    pain.db.execute("UPDATE studies SET journal = 'Annals of Invention' WHERE pmid = 2")
    assert set(pain.find(typed).pmids) == pmids


def test_rare_words_decide_what_is_found(pain: Shelf) -> None:
    """What nearly all studies have finds nothing beside a rare word, but everything alone."""
    assert set(pain.find("something cystitis").pmids) == {4, 11, 12, 13, 14}
    assert pain.find("something", size=100).total > 60


def test_where_little_is_found_less_is_enough(pain: Shelf) -> None:
    """A word that one study has does not hide what has all the others."""
    assert {2, 3, 4} <= set(pain.find("urology depression").pmids)


def test_without_words_the_newest_come_first(pain: Shelf) -> None:
    """All of them are found; no word that can be looked for finds none."""
    pain.db.execute("UPDATE studies SET entered = '2026-05-0' || pmid WHERE pmid < 5")
    found = pain.find("", size=4)
    assert (found.total, found.pmids) == (72, [4, 3, 2, 1])
    assert pain.find("the of and").total == 0
    assert pain.find("year:2020 the").total == 1


def test_studies_can_be_put_in_another_order(pain: Shelf) -> None:
    """By publication, entry and participants, whatever the words."""
    for pmid, (published, entered, participants) in enumerate([(1, 3, 5), (2, 1, 9), (3, 2, 7)], start=1):
        columns = {"publication_date": f"200{published}", "entered": f"201{entered}", "participants": participants}
        pain.db.table("studies").update(pmid, columns)
    orders = {"published": [3, 2, 1], "entered": [1, 3, 2], "participants": [2, 3, 1]}
    for sort in SORTS:
        found = pain.find("low mood sampline -cystitis", sort=sort).pmids
        assert [pmid for pmid in found if pmid < 4] == orders.get(sort, [2, 1, 3]), sort


def test_studies_that_only_mention_the_subject_are_hidden(pain: Shelf) -> None:
    """Unless they are asked for; what is secondary comes after what is main."""
    pain.db.execute("UPDATE studies SET relevance = 'incidental' WHERE pmid = 4")
    pain.db.execute("UPDATE studies SET relevance = 'secondary' WHERE pmid = 11")
    hidden, shown = pain.find("cystitis"), pain.find("cystitis", filters=Filters(with_incidental=True))
    assert 4 not in hidden.pmids
    assert hidden.pmids[-1] == 11
    assert (hidden.total, shown.total) == (4, 5)
    assert hidden.by_words == shown.by_words


def test_what_the_best_studies_share_moves_others_up(shelf: Shelf) -> None:
    """Of studies that fit the words alike, one that speaks like the best ones comes before one that does not."""
    for pmid in range(1, 7):
        shelf.study(pmid, "Wanted wanted words about rare galaxies", publication_year=2020)
    shelf.study(7, "Wanted words told of many galaxies now then", publication_year=2000)
    shelf.study(8, "Wanted words told of many gardens now then", publication_year=2020)
    shelf.others(100)
    found = shelf.find("wanted")
    assert found.pmids.index(7) < found.pmids.index(8)


@pytest.mark.parametrize("likeliest", [1, 3, 1000])
def test_pages_hold_each_study_once(pain: Shelf, monkeypatch: pytest.MonkeyPatch, likeliest: int) -> None:
    """However few are put in exact order, and in the same order whatever the size of a page."""
    monkeypatch.setattr(module, "LIKELIEST", likeliest)
    pain.db.execute("UPDATE studies SET relevance = 'secondary' WHERE pmid % 3 = 0")
    searcher = Searcher(pain.sets)
    whole = searcher.search(pain.conn, "something", size=100)
    assert whole.total == len(whole.pmids) > 20
    assert sorted(whole.pmids) == searcher.sets.all(whole.studies)
    pages = [searcher.search(pain.conn, "something", size=7, page=page).pmids for page in range(1, 12)]
    assert [pmid for page in pages for pmid in page] == whole.pmids
    assert searcher.search(pain.conn, "something", page=10_000_000).pmids == []


def test_the_likeliest_are_those_that_have_most(pain: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is not put in exact order is hardly missed."""
    before = pain.find("low mood sampline").pmids[:2]
    monkeypatch.setattr(module, "LIKELIEST", 2)
    assert pain.find("low mood sampline").pmids[:2] == before


def test_what_was_matched_is_remembered_for_a_while(pain: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few words at a time, and with the same result."""
    monkeypatch.setattr(module, "REMEMBERED", 1)
    searcher = Searcher(pain.sets)
    for text in ("sampline cystitis", "sampline cystitis", "depression"):
        assert searcher.search(pain.conn, text) == pain.find(text)


@pytest.fixture(scope="module")
def searched() -> Iterator[tuple[Shelf, Searcher]]:
    """Some studies with hostile texts."""
    shelf = Shelf()
    shelf.facet("condition", "mood")
    shelf.names("condition", "mood", "mood", "M-1", "(low|bad) spirits", "infect*")
    shelf.study(1, "NEAR(one two) AND", '"three" OR four*', "condition/mood")
    shelf.study(2, "\u202eone", "^two -three {four}: five + six", keywords="title : one")
    yield shelf, Searcher(Sets(shelf.conn))
    shelf.db.close()


PIECES = ["one", '"two three"', "-four", "NEAR(", "AND", "OR", "NOT", "*", "^", ":", "-", '"', "title:", "mesh:("]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join))
@example('"\ud800 one"')
@example("NEAR(one two, 3)")
@example("title:\0one")
@example("-one -two")
@example("'one'' OR 1=1; DROP TABLE studies")
@example("infectious bad spirits m-1 M-1")
@example("one\u0300\u0301" * 300)
def test_nothing_that_is_typed_fails(searched: tuple[Shelf, Searcher], typed: str) -> None:
    """And what is found is told rightly; what is to be highlighted can be."""
    shelf, searcher = searched
    found = searcher.search(shelf.conn, typed)
    assert found.total == len(found.pmids) == found.studies.bit_count()
    assert found.studies & ~found.by_words == 0
    if found.marked:
        shelf.conn.execute("SELECT rowid FROM studies_fts WHERE studies_fts MATCH ?", (found.marked,)).fetchall()
