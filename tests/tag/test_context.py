"""What a mention counts by where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest.tag import Tagger
from tests.tag.studies import lithium, study


@pytest.fixture
def tagger(tmp_path: Path) -> Tagger:
    """Tags effects of lithium."""
    return Tagger(lithium(tmp_path))


def kidney(tagger: Tagger, *abstract: str | tuple[str, str], title: str = "An invented study.") -> bool:
    return "kidney" in {tag.tag for tag in tagger.tag(study(title, *abstract))}


@pytest.mark.parametrize("label", ["OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS"])
def test_one_mention_in_the_work_itself_is_enough(tagger: Tagger, label: str) -> None:
    """In the aim, the methods, the results or the conclusion."""
    assert kidney(tagger, (label, "The kidney was examined."))


def test_a_mention_in_the_title_is_enough(tagger: Tagger) -> None:
    """Even of a word that weighs half."""
    assert kidney(tagger, title="Creatinine and lithium.")


@pytest.mark.parametrize("label", ["BACKGROUND", "TRIAL REGISTRATION", "FUNDING"])
def test_a_mention_elsewhere_is_not_enough(tagger: Tagger, label: str) -> None:
    """Neither background nor registration is what a study is about."""
    assert not kidney(tagger, (label, "The kidney is an organ."))


def test_background_that_insists_is_enough(tagger: Tagger) -> None:
    """Four sentences of it weigh as much as one of results."""
    text = " ".join(f"The kidney is organ number {n}." for n in range(1, 5))
    assert kidney(tagger, ("BACKGROUND", text))
    assert not kidney(tagger, ("BACKGROUND", text.partition("3.")[0]))


@pytest.mark.parametrize(
    ("mentioned", "void"),
    [
        ("Renal failure was found in ten.", "Patients with renal failure were excluded."),
        ("Renal failure was found in ten.", "Exclusion criteria were renal failure and age."),
        ("Patients with renal failure took part.", "Patients without a history of renal failure took part."),
        ("Patients with and without renal failure took part.", "Patients without renal failure took part."),
        ("It worked without renal failure in any group.", "Adults with no history of renal failure took part."),
        ("No renal failure was seen.", "They were not diagnosed with renal failure."),
        ("Renal failure was searched for.", "The search terms were lithium and renal failure."),
        ("Renal failure is rare.", "Future studies of renal failure are needed."),
        ("Renal failure was examined.", "Renal failure remains to be examined."),
        ("Renal failure was examined.", "We did not examine renal failure."),
        ("Renal failure could be treated.", "Renal failure could not be judged from these data."),
        ("Renal failure is described here.", "Renal failure is described elsewhere."),
        ("Renal failure deserves treatment.", "Renal failure deserves attention."),
        ("Renal failure was expected.", "Renal failure is not expected with such doses."),
        ("Renal failure is a matter for nephrologists.", "Renal failure is a matter for other studies."),
        ("Renal failure was common.", "Patients were more likely to have renal failure as a comorbidity."),
    ],
)
def test_only_a_real_mention_counts(tagger: Tagger, mentioned: str, void: str) -> None:
    """A finding of absence does; who was excluded, what nobody has, was looked up or is yet to be studied does not."""
    assert kidney(tagger, ("RESULTS", mentioned))
    assert not kidney(tagger, ("RESULTS", void))


def test_absence_does_not_reach_beyond_its_clause(tagger: Tagger) -> None:
    """What comes after a "but", or far away, is there."""
    assert kidney(tagger, ("RESULTS", "Patients without diabetes, but with renal failure, took part."))
    far = "Patients without " + "any of the many other conditions that are listed in the appendix "
    assert kidney(tagger, ("RESULTS", far + "had renal failure."))


def test_exclusion_runs_through_a_numbered_list(tagger: Tagger) -> None:
    """And ends with it."""
    listed = "Exclusion criteria 1. Age below 18 years 2. Renal failure 3. Pregnancy."
    assert not kidney(tagger, ("METHODS", listed))
    assert kidney(tagger, ("METHODS", f"{listed} Renal failure was then measured."))


def test_what_others_found_is_background(tagger: Tagger) -> None:
    """In an abstract without labels it does not count; in labelled results it is what a review reports."""
    sentence = "It has been shown that renal failure occurs."
    assert not kidney(tagger, f"Lithium is old. {sentence}")
    assert kidney(tagger, ("RESULTS", sentence))


def test_a_sentence_that_enumerates_counts_half(tagger: Tagger) -> None:
    """Three tags in one sentence are a list; twice is enough. An aim is no list."""
    many = "Kidney, thyroid and malformation in pregnancy were noted."
    assert not kidney(tagger, ("RESULTS", many))
    assert kidney(tagger, ("RESULTS", f"{many} {many}"))
    assert kidney(tagger, ("OBJECTIVE", many))
    assert kidney(tagger, ("RESULTS", "Kidney and thyroid were noted."))
    assert not kidney(tagger, ("RESULTS", "Effects such as kidney and thyroid changes were noted."))


def test_an_entry_of_the_references_does_not_count(tagger: Tagger) -> None:
    """A journal of kidneys is not a study of them."""
    assert not kidney(tagger, ("RESULTS", "It held. Sample Kidney J, 31(4), 335-343."))


def test_a_misleading_phrase_is_no_mention(tagger: Tagger) -> None:
    """Although it contains one; next to a real mention that one counts."""
    assert not kidney(tagger, ("RESULTS", "A kidney bean was eaten."))
    assert kidney(tagger, ("RESULTS", "A kidney bean was eaten by a kidney patient."))
