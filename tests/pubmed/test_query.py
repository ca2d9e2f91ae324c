from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.pubmed import Corpus
from tests.pubmed.fields import FIELDS
from tests.pubmed.invented import CHAPTER, LETTER, OLD, RATS, TRIAL, article, records
from tests.pubmed.query import QueryError, search

TODAY = date(2026, 11, 22)
ALL = {TRIAL, LETTER, RATS, OLD, CHAPTER}


@pytest.fixture(scope="module")
def corpus() -> Iterator[Corpus]:
    """One for all tests here: none of them changes it."""
    made = Corpus(records())
    yield made
    made.close()


FOUND = [
    ("all[sb]", ALL),
    # words
    ("ketamine[tiab]", {TRIAL, LETTER, RATS, CHAPTER}),
    ("KETAMINE[TIAB]", {TRIAL, LETTER, RATS, CHAPTER}),
    ("ketamine[Title/Abstract]", {TRIAL, LETTER, RATS, CHAPTER}),
    ("ketamine[ti]", {TRIAL, LETTER, RATS}),
    ("ketamine[ab]", {CHAPTER}),
    ("esketamine[tiab]", {TRIAL}),
    ("esketamine[ti]", set()),
    ("esketamine[ot]", {TRIAL}),
    ("maintenance treatment[tiab]", {TRIAL}),
    ("cafe[tiab]", {LETTER}),
    ("café[tiab]", {LETTER}),
    ("cafe\u0301[tiab]", {LETTER}),
    ("animals[tiab]", set()),
    ("animals[tw]", {RATS}),
    ("methods[tiab]", set()),
    ("conclusions[ab]", {TRIAL}),
    # words in sequence; hyphens and markup separate words without breaking them
    ('"s-ketamine"[tiab]', {TRIAL}),
    ("s-ketamine[tiab]", {TRIAL}),
    ('"S ketamine"[ti]', {TRIAL}),
    ('"ketamine s"[ti]', set()),
    ('"treatment resistant depression"[tiab]', {TRIAL}),
    ("treatment-resistant depression[ti]", {TRIAL}),
    # an unquoted phrase that stands nowhere is searched word by word, a quoted one is not
    ("rats xylazine[ti]", {RATS}),
    ('"rats xylazine"[ti]', set()),
    ("depression xylazine[tiab]", {RATS}),
    ("depression ketamine[tiab]", {TRIAL, RATS}),
    # no phrase reaches from one keyword or section into the next
    ('"esketamine maintenance"[ot]', set()),
    ('"taken results"[ab]', set()),
    # truncation
    ("ketamin*[tiab]", {TRIAL, LETTER, RATS, CHAPTER}),
    ("ketan*[tiab]", {OLD}),
    ('"treatment resist*"[ti]', {TRIAL}),
    ("Depressive Disorder*[mh]", {TRIAL}),
    # whole values
    ("ketamine[mh]", {TRIAL, RATS}),
    ("ketamine[MeSH Terms]", {TRIAL, RATS}),
    ("ketamine[mesh]", {TRIAL, RATS}),
    ("ketamine[majr]", {TRIAL}),
    ("ketamine/adverse effects[mh]", {TRIAL, RATS}),
    ("adverse effects[sh]", {TRIAL, RATS}),
    ('"depressive disorder"[mh]', {TRIAL}),
    ('"mood disorders"[mh]', {TRIAL}),
    ('"depressive disorder"[mh:noexp]', set()),
    ("disorder[mh]", set()),
    ("ketamine[nm]", {TRIAL}),
    ("esketamine[Supplementary Concept]", {TRIAL}),
    ("esketamine[Substance Name]", {TRIAL}),
    ("letter[pt]", {LETTER}),
    ("clinical trial[Publication Type]", {TRIAL}),
    ("review[pt]", {CHAPTER}),
    ("ger[la]", {OLD}),
    ("german[la]", {OLD}),
    ('"Invented J Tests"[ta]', {TRIAL, LETTER, RATS, OLD}),
    ("10.5555/invented.970000002[aid]", {LETTER}),
    ("publisher[sb]", {LETTER}),
    ("hasabstract[sb]", {TRIAL, RATS, CHAPTER}),
    # authors, with initials that may be cut short
    ("samplewood[au]", {TRIAL, LETTER}),
    ("samplewood a[au]", {TRIAL}),
    ("samplewood aq[au]", {TRIAL}),
    ("fictner samplewood[au]", {TRIAL}),
    ('"aq samplewood"[au]', set()),
    # days
    ("2026/11/20[crdt]", {TRIAL}),
    ("2026/11[crdt]", {TRIAL, LETTER, OLD, CHAPTER}),
    ("2026[crdt]", ALL),
    ('"2026/11/05"[crdt] : "2026/11/15"[crdt]', {LETTER, OLD, CHAPTER}),
    ('"2026/11/05"[Date - Create]:"2026/11/15"[Date - Create]', {LETTER, OLD, CHAPTER}),
    ("2026/11/05:2026/11/15[crdt]", {LETTER, OLD, CHAPTER}),
    ("2026/11/05[crdt]:2026/11/15[crdt]", {LETTER, OLD, CHAPTER}),
    ("2026/11/05:2026/11/15[edat]", {LETTER, CHAPTER}),
    ("1976[edat]", {OLD}),
    ("2026/11/16[lr]", {OLD}),
    ("1976[dp]", {OLD}),
    ("2026/11/01[dp]", {TRIAL}),
    ("2026/10/05[dp]", {TRIAL}),
    ("2026/09/01[dp]", {LETTER}),
    ("2026/04/01[dp]", {RATS}),
    ("2025[dp]", {CHAPTER}),
    ("2026/10/05[epdat]", {TRIAL}),
    ('"last 3 days"[crdt]', {TRIAL}),
    # identifiers
    ("970000002[uid]", {LETTER}),
    ("970000002[pmid]", {LETTER}),
    ("970000002", {LETTER}),
    ("970000001:970000002[UID]", {TRIAL, LETTER}),
    ("970000004:99999999999999999999[uid]", {OLD, CHAPTER}),
    # operators run from left to right
    ("rats[ti] OR letter[ti] AND depression[tiab]", {RATS}),
    ("rats[ti] OR (letter[ti] AND depression[tiab])", {RATS}),
    ("letter[ti] OR (rats[ti] AND depression[tiab])", {LETTER, RATS}),
    ("letter[ti] OR rats[ti] AND ketamine[mh]", {RATS}),
    ("letter[ti] OR (rats[ti] AND ketamine[mh])", {LETTER, RATS}),
    ("ketamine[tiab] NOT ketamine[mh]", {LETTER, CHAPTER}),
    ("ketamine[mh] NOT humans[mh] OR ger[la]", {RATS, OLD}),
    ("ketamine[tiab] letter[pt]", {LETTER}),
    ("(ketamine[tiab])(letter[pt])", {LETTER}),
    # terms without a field are mapped to MeSH and searched in all fields
    ("ketamine", {TRIAL, LETTER, RATS, CHAPTER}),
    ("ketamine depression", {TRIAL, RATS}),
    ("ketamine and the depression", {TRIAL, RATS}),
    ("german rats", set()),
]


@pytest.mark.parametrize(("term", "expected"), FOUND)
def test_a_term_selects_records(corpus: Corpus, term: str, expected: set[int]) -> None:
    """Each expression selects the records that PubMed would."""
    assert search(corpus, term, TODAY).pmids == expected


@pytest.mark.parametrize("term", ["((", "()", "(ketamine", "ketamine)", "ketamine AND", "OR ketamine", "[tiab]", ":"])
def test_a_malformed_expression_is_refused(corpus: Corpus, term: str) -> None:
    """Brackets and operators that do not fit end in an error, not in a guess."""
    with pytest.raises(QueryError):
        search(corpus, term, TODAY)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("ketamine[tiab]", '"ketamine"[Title/Abstract]'),
        ("2026/11/01:2026/11/22[crdt]", "2026/11/01:2026/11/22[Date - Create]"),
        ("rats[ti] OR ketamine[nm]", '"rats"[Title] OR "ketamine"[Supplementary Concept]'),
        ("rats[ti] OR ketamine[mh] AND ger[la]", '("rats"[Title] OR "ketamine"[MeSH Terms]) AND "ger"[Language]'),
        ("ger[la] AND (rats[ti] OR ketamine[mh])", '"ger"[Language] AND ("rats"[Title] OR "ketamine"[MeSH Terms])'),
        ("ketamine", '("ketamine"[MeSH Terms] OR "ketamine"[All Fields])'),
        ("nowhere", "nowhere[All Fields]"),
    ],
)
def test_the_translation_tells_how_a_query_was_read(corpus: Corpus, term: str, text: str) -> None:
    """Fields have their full names, and brackets show the order."""
    assert search(corpus, term, TODAY).translation == text


def test_what_is_not_found_is_named(corpus: Corpus) -> None:
    """Unknown phrases, unknown quoted phrases, unknown fields and ignored words each have their list."""
    found = search(corpus, 'nowhere[tiab] OR "no such heading"[mh] OR rats[colour] OR the rats', TODAY)
    assert found.phrases_not_found == ["nowhere"]
    assert found.quoted_not_found == ['"no such heading"[MeSH Terms]']
    assert found.fields_not_found == ["colour"]
    assert found.ignored == ["the"]
    assert found.pmids == {RATS}


@pytest.mark.parametrize("term", ["norketamine[nm]", '"r-ketamine"[tiab]', "spravato[tiab]"])
def test_words_that_pubmed_knows_are_never_unknown(corpus: Corpus, term: str) -> None:
    """A name of the drug that no record here has selects nothing, without a warning."""
    found = search(corpus, term, TODAY)
    assert not found.pmids
    assert found.phrases_not_found == found.quoted_not_found == []


def test_a_default_field_holds_for_terms_without_one(corpus: Corpus) -> None:
    """The field parameter of esearch limits bare words, and turns the mapping off."""
    assert search(corpus, "ketamine", TODAY, FIELDS["ti"]).pmids == {TRIAL, LETTER, RATS}
    assert search(corpus, "ketamine rats[tiab]", TODAY, FIELDS["ti"]).mappings == []


def test_a_number_in_a_text_is_no_range() -> None:
    """A colon between numbers means a range only in fields that have an order."""
    mixed = Corpus([article(TRIAL, title="Mixed 3:1 with saline."), article(LETTER, title="Mixed 1:3.")])
    assert search(mixed, "3:1[tiab]", TODAY).pmids == {TRIAL}
