"""How mentions add up to tags, shown on another subject than the project's."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from harvest.model import Evidence, StoredText
from harvest.tag import Tagger, load
from tests.tag.studies import LITHIUM as TAXONOMY
from tests.tag.studies import lithium, study, written

KIDNEYS = ("D999002", "Kidney Diseases")
LITHIUM = ("D999001", "Lithium")


@pytest.fixture
def tagger(tmp_path: Path) -> Tagger:
    """Tags effects of lithium."""
    return Tagger(lithium(tmp_path))


def slugs(tagger: Tagger, text: StoredText) -> list[str]:
    return [tag.tag for tag in tagger.tag(text)]


def test_a_broader_tag_is_given_along_with_the_evidence_of_the_narrower(tagger: Tagger) -> None:
    """In the order of the taxonomy, each tag once."""
    organ, kidney = tagger.tag(study("Lithium and the kidney."))
    assert (organ.tag, kidney.tag) == ("organ", "kidney")
    assert organ.evidence == kidney.evidence == (Evidence("text", "kidney", 0, 16, 22),)


def test_a_heading_is_enough_and_is_its_own_evidence(tagger: Tagger) -> None:
    """With the identifier; a heading that stands for no tag gives none."""
    kidney = tagger.tag(study(mesh=(KIDNEYS,)))[1]
    assert kidney.evidence == (Evidence("mesh", "Kidney Diseases", source_id="D999002"),)
    assert kidney.basis == "mesh"
    assert slugs(tagger, study(mesh=(LITHIUM,))) == []


def test_a_keyword_is_enough_and_is_its_own_evidence(tagger: Tagger) -> None:
    """The whole of it; phrases do not run across two keywords."""
    kidney = tagger.tag(study(keywords=("lithium", "chronic kidney damage")))[1]
    assert kidney.evidence == (Evidence("keyword", "chronic kidney damage"),)
    assert slugs(tagger, study(keywords=("renal", "failure"))) == []


def test_a_long_list_of_keywords_is_an_index_that_counts_half(tagger: Tagger) -> None:
    """It needs support from the text."""
    index = tuple(f"word {n}" for n in range(20))
    assert slugs(tagger, study(keywords=(*index, "kidney"))) == []
    mentioned = study("An invented study.", ("RESULTS", "Creatinine rose."), keywords=(*index, "kidney"))
    assert "kidney" in slugs(tagger, mentioned)


def test_keywords_count_together_as_one_sentence(tagger: Tagger) -> None:
    """However many say the same."""
    assert slugs(tagger, study(keywords=("creatinine", "creatinine clearance"))) == []


def test_weak_mentions_add_up_over_sentences(tagger: Tagger) -> None:
    """Not within one."""
    once = "Creatinine rose, and creatinine fell."
    assert slugs(tagger, study("A study.", ("RESULTS", once))) == []
    assert "kidney" in slugs(tagger, study("A study.", ("RESULTS", f"{once} {once}")))


def test_evidence_is_every_mention_that_counted_the_strongest_first(tagger: Tagger) -> None:
    """Title before results before background; nothing twice, and nothing that lies inside another mention."""
    told = study("Renal function.", ("BACKGROUND", "The kidney."), ("RESULTS", "Renal function and creatinine fell."))
    evidence = tagger.tag(told)[1].evidence
    assert [(one.section, one.phrase) for one in evidence] == [
        (0, "Renal function"),
        (2, "Renal function"),
        (2, "creatinine"),
        (1, "kidney"),
    ]


def test_a_signal_in_the_sentence_can_forbid_a_mention(tagger: Tagger) -> None:
    """``apart``: the thyroid after an overdose is another matter."""
    assert "thyroid" in slugs(tagger, study("A study.", ("RESULTS", "Thyroid hormones fell.")))
    assert "thyroid" not in slugs(tagger, study("A study.", ("RESULTS", "Thyroid hormones fell after an overdose.")))


def test_a_signal_in_the_sentence_can_be_needed(tagger: Tagger) -> None:
    """``near``; a pervasive signal in the title stands in every sentence."""
    assert "birth" in slugs(tagger, study("A study.", ("RESULTS", "Malformation after pregnancy was rare.")))
    assert "birth" not in slugs(tagger, study("A study.", ("RESULTS", "Malformation was rare. Pregnancy was not.")))
    assert "birth" in slugs(tagger, study("Pregnancy.", ("RESULTS", "Malformation was rare.")))


def test_a_signal_of_the_record_can_forbid_a_tag(tagger: Tagger) -> None:
    """``unless``, wherever it stands in the record's own work; a background sentence is not."""
    mention = ("RESULTS", "Malformation in pregnancy was rare.")
    assert "birth" not in slugs(tagger, study("A study.", ("METHODS", "After an overdose."), mention))
    assert "birth" in slugs(tagger, study("A study.", ("BACKGROUND", "After an overdose."), mention))


def test_a_duration_can_stand_for_a_phrase(tagger: Tagger) -> None:
    """Two sentences that follow lithium for a year; half a year is too short, another drug's year another's."""
    year = ("RESULTS", "Lithium was given for 1 year. Lithium was kept for 12 months.")
    given = tagger.tag(study("Lithium.", ("RESULTS", "Lithium was given for 1 year. Lithium held for 2 years.")))
    assert [tag.tag for tag in given] == ["thyroid"]
    assert [one.phrase for one in given[0].evidence] == ["1 year", "2 years"]
    assert slugs(tagger, study("Lithium.", year)) == []
    assert slugs(tagger, study("Lithium.", ("RESULTS", "Zinc was given for 1 year. Zinc held for 2 years."))) == []


def test_a_record_that_mentions_the_subject_in_passing_is_not_about_it(tagger: Tagger) -> None:
    """One sentence of the results is in passing; the title, the conclusion, two sentences or a heading are not."""
    passing = ("RESULTS", "Lithium was given for 1 year; one year of lithium was long.")
    again = ("RESULTS", "For one year it held.")
    assert slugs(tagger, study("A study.", passing, again, passing)) == ["thyroid"]
    twice = ("RESULTS", "Lithium was given for 1 year. Lithium for one year more was given.")
    assert slugs(tagger, study("A study.", twice)) == ["thyroid"]
    assert slugs(tagger, study("A study.", passing, mesh=(LITHIUM,))) == []


def test_an_abbreviation_that_the_record_defines_is_followed(tagger: Tagger) -> None:
    """Through all sections, also before its definition."""
    defined = study("RF in lithium.", ("BACKGROUND", "Renal failure (RF) is rare."), ("RESULTS", "RF was seen."))
    evidence = next(tag for tag in tagger.tag(defined) if tag.tag == "kidney").evidence
    assert [(one.section, one.phrase) for one in evidence] == [
        (0, "RF"),
        (2, "RF"),
        (1, "Renal failure"),
        (1, "RF"),
    ]
    assert slugs(tagger, study("RF in lithium.", ("RESULTS", "RF was seen."))) == []


SPECIES = {
    "label": "Species",
    "definition": "Who was studied.",
    "kind": "single",
    "tags": {
        "human": {
            "label": "Human",
            "definition": "People.",
            "terms": [{"phrases": ["patient"]}, {"mesh": {"D999003": "Humans"}, "major": True}],
        },
        "animal": {
            "label": "Animal",
            "definition": "Animals.",
            "terms": [{"phrases": ["rats"]}, {"publication_types": {"D999004": "Veterinary Study"}, "points": 2}],
        },
    },
}


def with_species(tmp_path: Path, **terms: Any) -> Tagger:
    """A tagger that also tells species; the terms are those of a tag that builds on them."""
    raw = deepcopy(TAXONOMY)
    raw["facets"]["species"] = SPECIES
    raw["facets"]["effect"]["tags"]["tooth"] = {"label": "Tooth", "definition": "Teeth.", "terms": [terms]}
    return Tagger(load(written(tmp_path / "species.yaml", raw)))


def test_of_a_single_facet_the_tag_with_the_most_points_is_given(tmp_path: Path) -> None:
    """Of two with as many the one that stands first in the file; none where nothing speaks for any."""
    tagger = with_species(tmp_path, phrases=["tooth"])
    rats = ("RESULTS", "Rats slept.")
    assert slugs(tagger, study("A study.", rats, rats, ("RESULTS", "A patient slept."))) == ["animal"]
    assert slugs(tagger, study("A study.", rats, ("RESULTS", "A patient slept."))) == ["human"]
    assert slugs(tagger, study("A study.")) == []


def test_a_publication_type_is_its_own_evidence(tmp_path: Path) -> None:
    """With its identifier."""
    (animal,) = with_species(tmp_path, phrases=["tooth"]).tag(study(types=(("D999004", "Veterinary Study"),)))
    assert animal.evidence == (Evidence("publication-type", "Veterinary Study", source_id="D999004"),)
    assert animal.basis == "publication-type"


def test_a_heading_can_be_asked_to_be_a_major_topic(tmp_path: Path) -> None:
    """One in passing is not enough then."""
    tagger = with_species(tmp_path, phrases=["tooth"])
    assert slugs(tagger, study(mesh=(("D999003", "Humans"),))) == []
    assert slugs(tagger, study(major=(("D999003", "Humans"),))) == ["human"]


def test_a_registered_substance_counts_as_a_heading_does(tagger: Tagger) -> None:
    """PubMed lists some of them under substances only."""
    assert "kidney" in slugs(tagger, study(substances=(KIDNEYS,)))


def test_what_another_facet_found_is_a_signal(tmp_path: Path) -> None:
    """``needs`` and ``unless`` may name it, whichever facet stands first in the file."""
    tagger = with_species(tmp_path, phrases=["tooth"], needs=["species:animal"])
    assert slugs(tagger, study("A tooth.", ("RESULTS", "Rats slept."))) == ["tooth", "animal"]
    assert slugs(tagger, study("A tooth.", ("RESULTS", "A patient slept."))) == ["human"]


def test_a_signal_can_be_asked_to_stand_close_by(tmp_path: Path) -> None:
    """``beside``: within forty characters on either side of the mention."""
    tagger = with_species(tmp_path, phrases=["tooth"], beside=["overdose"])
    far = "of which we shall have to say a good deal more further below"
    assert slugs(tagger, study("A study.", ("RESULTS", "An overdose and a tooth."))) == ["tooth"]
    assert slugs(tagger, study("A study.", ("RESULTS", "A tooth and an overdose."))) == ["tooth"]
    assert slugs(tagger, study("A study.", ("RESULTS", f"An overdose, {far}, and a tooth."))) == []


def test_whether_there_is_an_abstract_and_a_title_that_names_the_subject_are_signals(tmp_path: Path) -> None:
    """Built in, for what a letter or a passing mention is."""
    letter = with_species(tmp_path, phrases=["tooth"], needs=["titled"], unless=["abstract"])
    assert slugs(letter, study("A tooth on lithium.")) == ["tooth"]
    assert slugs(letter, study("A tooth on lithium.", "It was white.")) == []
    assert slugs(letter, study("A tooth.")) == []


def test_a_facet_can_be_asked_of_some_records_only(tmp_path: Path) -> None:
    """``needs`` and ``unless`` of a facet hold for all of its tags."""
    raw = deepcopy(TAXONOMY)
    raw["facets"]["effect"]["unless"] = ["overdose"]
    tagger = Tagger(load(written(tmp_path / "some.yaml", raw)))
    assert slugs(tagger, study("The kidney.")) == ["organ", "kidney"]
    assert slugs(tagger, study("The kidney.", ("RESULTS", "After an overdose."))) == []


def test_a_plain_mention_counts_in_full_wherever_it_stands(tmp_path: Path) -> None:
    """In the background and among exclusion criteria too; where it may stand at all is said by ``places``."""
    background = study("A study.", ("BACKGROUND", "A tooth may hurt."))
    excluded = study("A study.", ("METHODS", "Those with a tooth were excluded."))
    weighed = with_species(tmp_path, phrases=["tooth"])
    plain = with_species(tmp_path, phrases=["tooth"], plain=True)
    elsewhere = with_species(tmp_path, phrases=["tooth"], plain=True, places=["results"])
    for told in (background, excluded):
        assert slugs(weighed, told) == []
        assert slugs(plain, told) == ["tooth"]
        assert slugs(elsewhere, told) == []


def test_a_group_of_terms_can_be_worth_so_much_at_most(tmp_path: Path) -> None:
    """However often it is mentioned; another group can add to it."""
    often = study("A study.", ("RESULTS", "One tooth. Another tooth. A third tooth."))
    assert slugs(with_species(tmp_path, phrases=["tooth"], points=0.5), often) == ["tooth"]
    assert slugs(with_species(tmp_path, phrases=["tooth"], points=0.5, most=0.9), often) == []


def test_a_wider_tag_may_have_mentions_of_its_own(tagger: Tagger) -> None:
    """Its evidence is that of the narrower tag and its own."""
    organ = tagger.tag(study("Organ damage.", ("RESULTS", "The kidney was hurt.")))[0]
    assert [one.phrase for one in organ.evidence] == ["Organ damage", "kidney"]
