"""What a search asks of the words of a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest.bulk.terms import needles, parse, terms_of
from harvest.config import load
from harvest.errors import ConfigError


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("ketamine[tiab]", {"ketamine"}),
        ('"s-ketamine"[tiab] OR ketalar[nm]', {"ketamine", "ketalar"}),
        ("ketamin[tiab] OR esketamine[nm] OR ketamina[mh]", {"ketamin"}),
        ("psilocyb*[tiab]", {"psilocyb"}),
        ("(depression[tiab] OR anxiety[mh]) AND psilocybin[tiab]", {"psilocybin"}),
        ('"Depressive Disorder, Major"[mh:noexp]', {"depressive"}),
        ("cancer[tiab] NOT lung[tiab]", {"cancer"}),
        ("cancer[tiab] AND 2019:2026[dp] AND eng[la] AND hasabstract", {"cancer"}),
        ("(((one[tiab])) OR (two[tiab] OR (three[ti])))", {"one", "two", "three"}),
        ("tumour of kétamine[tiab]", {"tumour"}),
        ("wide words[tiab]", {"words"}),
        ("of a[tiab]", {"of"}),
        ("longer words", {"longer"}),
    ],
)
def test_these_words_find_every_record_that_is_wanted(expression: str, words: set[str]) -> None:
    """Few and rare ones: of words that are all asked for the longest, of alternatives each."""
    assert needles(parse(expression)) == frozenset(word.encode() for word in words)


@pytest.mark.parametrize(
    ("expression", "text", "is_wanted"),
    [
        ("ketamine[tiab]", b"esketamine", True),
        ("ketamine[tiab]", b"kainate", False),
        ("a1[tiab] AND b2c[tiab]", b"b2c", False),
        ("alpha[tiab] AND beta[tiab]", b"alpha beta", True),
        ("alpha[tiab] AND beta[tiab]", b"alpha", False),
        ("alpha[tiab] AND beta[tiab] OR gamma[tiab]", b"gamma", True),
        ("alpha[tiab] OR beta[tiab] AND gamma[tiab]", b"alpha", False),
        ("alpha[tiab] AND (beta[tiab] OR gamma[tiab])", b"alpha gamma", True),
        ("alpha[tiab] NOT beta[tiab]", b"alpha beta", True),
        ("alpha[tiab] beta[tiab]", b"alpha", False),
        ('"black AND white"[tiab]', b"black <i>and</i> white", True),
        ("alpha[tiab] AND last year[dp]", b"alpha", True),
    ],
)
def test_a_record_is_wanted_if_it_holds_the_words(expression: str, text: bytes, is_wanted: bool) -> None:
    """Operators go from left to right; what is not told by words asks nothing."""
    assert parse(expression).holds(text) == is_wanted


def test_the_recipe_that_is_shipped_asks_for_five_words() -> None:
    """Those that hold another one of them are left out."""
    recipe = load(Path("db"), {}).recipe
    terms = terms_of((search.name, search.expression) for search in recipe.searches)
    assert needles(terms) == frozenset([b"ketamin", b"spravato", b"ketalar", b"ketanest", b"ketaset"])


@pytest.mark.parametrize("expression", ["2026[dp]", "ketamine[tiab] OR 2026[dp]", "all[sb]", "NOT ketamine[tiab]"])
def test_a_search_that_needs_no_word_is_refused(expression: str) -> None:
    """All of PubMed is not what anyone wants."""
    with pytest.raises(ConfigError, match=r"^search wide: it can find records without any word"):
        terms_of([("narrow", "ketamine[tiab]"), ("wide", expression)])


def test_a_recipe_without_a_search_is_refused() -> None:
    """A feed tells nothing of what is wanted."""
    with pytest.raises(ConfigError, match="no search"):
        terms_of([])
