"""The recipe is right, or refused by the name of the key at fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest.config import Limits, Publish, load, part
from harvest.errors import ConfigError
from harvest.home import SHIPPED

RIGHT = """
[tracker]
title = "Invented tracker"
facets = ["condition"]

[[searches]]
name = "all"
term = '''
one[tiab]
OR two[tiab]
'''
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a right recipe."""
    (tmp_path / "invented.toml").write_text(RIGHT)
    return tmp_path


def test_the_database_is_named_after_the_recipe(home: Path) -> None:
    """One recipe, one database, one name; the taxonomy is a file, or a folder of them."""
    config = load(home, {})
    assert config.database == home / "invented.db"
    assert config.taxonomy == home / "taxonomy.yaml"
    (home / "taxonomy").mkdir()
    assert config.taxonomy == home / "taxonomy"


def test_a_search_may_be_written_on_many_lines(home: Path) -> None:
    """PubMed gets it on one."""
    assert load(home, {}).recipe.searches[0].expression == "one[tiab] OR two[tiab]"


def test_the_environment_completes_the_recipe(home: Path) -> None:
    """Address, e-mail and key may come from outside; a blank key is none."""
    given = {"HARVEST_EUTILS": "http://127.0.0.1:1/", "NCBI_EMAIL": "a@example.org", "NCBI_API_KEY": " k "}
    config = load(home, given)
    assert (config.eutils, config.email, config.api_key) == ("http://127.0.0.1:1/", "a@example.org", "k")
    plain = load(home, {"NCBI_API_KEY": " "})
    assert plain.eutils.startswith("https://eutils.ncbi.nlm.nih.gov/")
    assert (plain.email, plain.api_key) == ("", "")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("title =", "titel ="), "tracker.titel: unknown key, did you mean title?"),
        (("[tracker]", "[trakker]"), "trakker: unknown key, did you mean tracker?"),
        (("term =", "query ="), "searches.0.query: unknown key; known are name, term"),
        (('facets = ["condition"]', "facets = []"), "tracker.facets"),
        (('facets = ["condition"]', "facets = 3"), "tracker.facets"),
        (('name = "all"', 'name = "two words"'), "searches.0.name"),
        (('name = "all"', ""), "searches.0.name: Field required"),
        (("[[searches]]", "[pubmed]\napi_key = 'x'\n[[searches]]"), "set NCBI_API_KEY instead"),
        (("[[searches]]", "[pubmed]\neutils = 'eutils'\n[[searches]]"), "pubmed.eutils: not an http or https address"),
        (("[[searches]]", "[[feeds]]\nname = 'n'\nurl = 'file:///x'\n[[searches]]"), "feeds.0.url: not an http"),
        (("[[searches]]", "[limits]\ncap = 10000\n[[searches]]"), "limits.cap"),
        (("[[searches]]", "[limits]\nfirst_days = 'many'\n[[searches]]"), "limits.first_days"),
        (("[[searches]]", "[limits]\nfirst_days = 1000000\n[[searches]]"), "limits.first_days"),
        (("[[searches]]", "[limits]\noverlap_days = 1000000\n[[searches]]"), "limits.overlap_days"),
        (("[[searches]]", "[limits]\nrevision_overlap_days = 1000000\n[[searches]]"), "limits.revision_overlap_days"),
        (("[[searches]]", "[limits]\nrecheck_days = 1000000\n[[searches]]"), "limits.recheck_days"),
        (("[[searches]]", "[pubmed]\neutils = 'http://[::1'\n[[searches]]"), "pubmed.eutils: not an http or https"),
        (("[[searches]]", "[pubmed]\nemail = 'zoë@example.org'\n[[searches]]"), "pubmed.email: not an e-mail address"),
        (("[[searches]]", "[pubmed]\nemail = 'a b@example.org'\n[[searches]]"), "pubmed.email: not an e-mail address"),
        (("[[searches]]", "[[feeds]]\nname = 'all'\nurl = 'http://x/'\n[[searches]]"), "two sources are named all"),
        (("title =", "= title"), "not TOML"),
    ],
)
def test_a_wrong_recipe_is_refused_by_the_name_of_the_key(home: Path, change: tuple[str, str], named: str) -> None:
    """A misspelt key is an error with its name, never a silent default."""
    (home / "invented.toml").write_text(RIGHT.replace(*change, 1))
    with pytest.raises(ConfigError) as caught:
        load(home, {})
    assert named in str(caught.value)
    assert str(home / "invented.toml") in str(caught.value)


def test_a_recipe_without_sources_is_refused(home: Path) -> None:
    """A tracker that asks nobody would be silent for ever."""
    (home / "invented.toml").write_text(RIGHT[: RIGHT.index("[[searches]]")])
    with pytest.raises(ConfigError, match=r"no source; add \[\[searches\]\] or \[\[feeds\]\]"):
        load(home, {})


def test_a_recipe_that_is_no_text_is_refused(home: Path) -> None:
    """Bytes that are no UTF-8 are no traceback."""
    (home / "invented.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not TOML"):
        load(home, {})


@pytest.mark.parametrize("address", ["localhost:8000", "http://[::1", "http://", "http://x:port/", "ftp://x/"])
def test_an_address_from_the_environment_is_held_to_the_same_rule(home: Path, address: str) -> None:
    """The error names the variable, as nothing in the recipe is wrong."""
    with pytest.raises(ConfigError, match=r"^HARVEST_EUTILS: not an http or https address"):
        load(home, {"HARVEST_EUTILS": address})


@pytest.mark.parametrize("email", ["zoë@example.org", "a b@example.org", "a@example.org\r\nX: y"])
def test_an_email_address_that_no_header_can_carry_is_refused(home: Path, email: str) -> None:
    """It goes out in the User-Agent."""
    with pytest.raises(ConfigError, match=r"^NCBI_EMAIL: not an e-mail address in plain ASCII"):
        load(home, {"NCBI_EMAIL": email})


def test_blanks_around_what_the_environment_says_do_not_count(home: Path) -> None:
    """Nor does a variable that holds nothing else."""
    assert load(home, {"NCBI_EMAIL": " a@example.org\n"}).email == "a@example.org"
    assert load(home, {"HARVEST_EUTILS": " "}).eutils.startswith("https://eutils.ncbi.nlm.nih.gov/")


def test_a_recipe_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    """Here a folder has its name."""
    (tmp_path / "invented.toml").mkdir()
    with pytest.raises(ConfigError, match=r"invented\.toml: cannot be read"):
        load(tmp_path, {})


def test_a_folder_that_does_not_exist_is_told_how_to_come_about(tmp_path: Path) -> None:
    """The error says what to do next."""
    with pytest.raises(ConfigError, match=r"no such folder; make a home with: harvest init"):
        load(tmp_path / "nowhere", {})


@pytest.mark.parametrize("names", [[], ["a.toml", "b.toml"]])
def test_a_home_has_exactly_one_recipe(tmp_path: Path, names: list[str]) -> None:
    """Its name is the database's name, so two would be a riddle."""
    for name in names:
        (tmp_path / name).write_text(RIGHT)
    with pytest.raises(ConfigError, match="exactly one recipe"):
        load(tmp_path, {})


@pytest.mark.parametrize("text", ["[publish]\nabstracts = 3", "not TOML", "\x00", ""])
def test_a_recipe_that_is_wrong_keeps_no_site_from_answering(tmp_path: Path, text: str) -> None:
    """A part of it is then as if nothing were said; ``harvest check`` says what is wrong."""
    (tmp_path / "x.toml").write_text(text)
    assert part(tmp_path, Publish) == part(tmp_path / "nowhere", Publish) == part(None, Publish) == Publish()


def test_a_part_that_is_right_counts_whatever_the_others_are(tmp_path: Path) -> None:
    """A site reads no more than it needs."""
    (tmp_path / "x.toml").write_text("[publish]\nabstracts = 3\n\n[limits]\nstale_days = 8\n")
    assert part(tmp_path, Limits).stale_days == 8


def test_the_shipped_recipe_is_right_and_tags_every_term_with_its_field() -> None:
    """An untagged term would be rewritten by PubMed."""
    recipe = load(SHIPPED, {}).recipe
    for search in recipe.searches:
        terms = search.expression.split(" OR ")
        assert len(terms) > 10
        assert all(term.endswith(("[mh]", "[nm]", "[tiab]")) for term in terms), terms
