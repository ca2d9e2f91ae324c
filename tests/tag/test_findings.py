"""What a record found of an effect, shown on another subject than the project's."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from harvest.model import Tag
from harvest.tag import Tagger, load
from tests.tag.studies import LITHIUM, study, written

SIGNALS: dict[str, Any] = {
    "bad": {"phrases": ["(damage|decline|worse*)"]},
    "good": {"phrases": ["(improv*|better)"]},
    "more": {"phrases": ["(increas*|higher)"]},
    "fewer": {"phrases": ["(lower|less)"]},
    "same": {"phrases": ["(not differ|no difference|unchanged)"]},
    "both": {"phrases": ["mixed results"]},
    "open": {"phrases": ["protocol", "remains unknown"]},
    "euthyroid": {"phrases": ["euthyroid state"]},
    "goitre": {"phrases": ["goitre"]},
    "clinic": {"phrases": ["goitre clinic"]},
    "tsh": {"phrases": ["TSH"]},
}
GENERAL = {
    "worse": ["bad", "more"],
    "better": ["good", "fewer"],
    "no-change": ["same"],
    "mixed": ["both"],
    "unclear": ["open"],
}


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    """Tells findings of lithium; of the kidney's function more is better, a goitre is harm of the thyroid's own."""
    raw = deepcopy(LITHIUM)
    raw["signals"] |= SIGNALS
    effect = raw["facets"]["effect"]
    effect["findings"] = GENERAL
    effect["tags"]["kidney"]["findings"] = {"better": ["more"], "worse": ["fewer"]}
    effect["tags"]["thyroid"]["findings"] = {
        "worse": ["goitre"],
        "better": ["euthyroid"],
        "unclear": ["tsh", "both", "clinic"],
    }
    path: Path = tmp_path_factory.mktemp("findings") / "lithium.yaml"
    return Tagger(load(written(path, raw)))


def found(tagger: Tagger, *abstract: str | tuple[str, str], title: str = "Lithium.", of: str = "kidney") -> Tag:
    """The tag of the effect with what was found."""
    mentioned = ("METHODS", "Renal function and the thyroid were of interest.")
    tags = tagger.tag(study(title, mentioned, *abstract))
    return next(tag for tag in tags if tag.tag == of)


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("Kidney damage was seen.", "worse"),
        ("Renal function improved.", "better"),
        ("Renal function did not differ.", "no-change"),
        ("No kidney damage was seen.", "no-change"),
        ("Kidney damage was not observed.", "no-change"),
        ("Kidney damage scores remained stable.", "no-change"),
        ("None of the patients showed kidney damage.", "no-change"),
        ("Fever, kidney damage and rash were rare.", "no-change"),
        ("Kidney damage seemed to be extremely rare.", "no-change"),
        ("There was a low risk of kidney damage.", "no-change"),
        ("There was minimal risk for kidney damage.", "no-change"),
        ("There was fever in most and kidney damage in none.", "no-change"),
        ("Of nine patients none, including the eldest, had kidney damage.", "no-change"),
        ("Kidney damage was seen in more than 3 patients.", "worse"),
        ("No case of renal failure occurred.", "no-change"),
        ("There was no difference in kidney damage.", "no-change"),
        ("Lithium did not improve renal function.", "no-change"),
        ("Lithium prevented kidney damage.", "better"),
        ("Kidney damage was significantly reduced.", "better"),
        ("Kidney damage in the control group was higher.", "better"),
        ("Lithium prevented fever, rash and kidney damage.", "better"),
        ("Renal function improved in some and was worse in others.", "mixed"),
        ("There were mixed results on renal function.", "mixed"),
        ("Renal function improved in men and was unchanged in women.", "mixed"),
        ("Kidney damage was seen in adults, whereas renal function of the young was unchanged.", "mixed"),
        ("Kidney damage was transient.", "unclear"),
        ("There was transient kidney damage.", "unclear"),
        ("Renal function was worse only transiently.", "unclear"),
        ("Was there kidney damage?", "unclear"),
        ("Renal function improved, but later there were mixed results.", "mixed"),
        ("Renal function was measured twice.", "unclear"),
        ("The thyroid improved.", "unclear"),
    ],
)
def test_a_finding_is_what_the_wording_says_under_what_governs_it(tagger: Tagger, sentence: str, finding: str) -> None:
    """Denial makes it no change, lessening of harm an improvement; without a wording nothing is told."""
    assert found(tagger, ("RESULTS", sentence)).finding == finding


@pytest.mark.parametrize(
    ("rates", "finding"),
    [
        ("in 12% on lithium and in 30% on placebo", "better"),
        ("in 30% on lithium and in 12% on placebo", "worse"),
        ("in 30% on placebo and in 12% on lithium", "better"),
        ("in 12% of controls and in 30% on lithium", "worse"),
        ("in 12% vs. 30%", "better"),
        ("in 30% vs. 12%", "worse"),
        ("in 12% at first and in 30% later", "worse"),
        ("in 12% (95% CI 3 to 21) of those on placebo", "worse"),
        ("in 12%", "worse"),
    ],
)
def test_harm_that_the_controls_had_more_often_is_an_improvement(tagger: Tagger, rates: str, finding: str) -> None:
    """By the rates of both; where only the numbers stand side by side the first one is that of the subject."""
    assert found(tagger, ("RESULTS", f"Kidney damage was seen {rates}.")).finding == finding


def test_rates_of_the_controls_may_come_first(tagger: Tagger) -> None:
    """Named before their number."""
    result = "Controls had 30% and those on lithium 12% of kidney damage."
    assert found(tagger, ("RESULTS", result)).finding == "better"


def test_without_begins_a_clause(tagger: Tagger) -> None:
    """What improved before it is something else."""
    assert found(tagger, ("RESULTS", "Mood improved, without kidney damage.")).finding == "no-change"
    assert found(tagger, ("RESULTS", "Mood improved, with no kidney damage.")).finding == "no-change"


def test_a_threshold_is_no_finding(tagger: Tagger) -> None:
    """More of something than a number tells how it was counted."""
    assert found(tagger, ("RESULTS", "Renal function higher than 60 was the rule.")).finding == "unclear"
    assert found(tagger, ("RESULTS", "Renal function was higher than before.")).finding == "better"
    assert found(tagger, ("RESULTS", "It helped, but less so the kidney.")).finding == "unclear"


def test_a_lack_of_the_effects_own_improvement_is_harm(tagger: Tagger) -> None:
    """A wording that only this effect has would not be looked for if its absence meant nothing."""
    assert found(tagger, ("RESULTS", "A euthyroid state was kept."), of="thyroid").finding == "better"
    assert found(tagger, ("RESULTS", "No euthyroid state was kept."), of="thyroid").finding == "worse"


def test_nothing_is_told_where_sentences_contradict_each_other(tagger: Tagger) -> None:
    """Neither side has enough of the weight, and harm and improvement do not balance."""
    results = ("RESULTS", "Kidney damage was seen. Renal function did not differ. Renal failure was unchanged.")
    assert found(tagger, results).finding == "no-change"
    tag = found(tagger, results, ("CONCLUSION", "Kidney damage was seen."))
    assert (tag.finding, tag.finding_evidence) == ("unclear", None)


def test_a_relative_wording_is_read_as_each_effect_asks(tagger: Tagger) -> None:
    """More is good of one thing and bad of another; a plain word beside it outranks it."""
    result = ("RESULTS", "Renal function increased. The thyroid increased.")
    assert found(tagger, result).finding == "better"
    assert found(tagger, result, of="thyroid").finding == "worse"
    assert found(tagger, ("RESULTS", "Kidney damage increased.")).finding == "worse"


def test_of_relative_wordings_the_nearest_to_the_effect_is_heard(tagger: Tagger) -> None:
    """What increased beside something else tells nothing of it."""
    assert (
        found(tagger, ("RESULTS", "Weight increased in all of them and renal function was lower.")).finding == "worse"
    )
    assert (
        found(tagger, ("RESULTS", "Weight was lower in all of them and renal function increased.")).finding == "better"
    )


def test_the_clause_that_names_the_effect_tells(tagger: Tagger) -> None:
    """Not what is said of something else beyond a "whereas" or "but"."""
    result = ("RESULTS", "Mood improved, whereas there was damage to the kidney.")
    assert found(tagger, result).finding == "worse"


def test_a_wording_of_the_effects_own_needs_no_mention(tagger: Tagger) -> None:
    """It names the effect itself, and speaks before the wordings of all effects."""
    assert found(tagger, ("RESULTS", "A goitre developed."), of="thyroid").finding == "worse"
    assert found(tagger, ("RESULTS", "A goitre developed, and mood improved."), of="thyroid").finding == "worse"
    assert found(tagger, ("RESULTS", "A goitre developed.")).finding == "unclear"


def test_the_longest_wording_is_heard(tagger: Tagger) -> None:
    """A goitre clinic is no goitre."""
    assert found(tagger, ("RESULTS", "All went to the goitre clinic."), of="thyroid").finding == "unclear"


def test_less_of_something_else_turns_no_relative_wording(tagger: Tagger) -> None:
    """Only harm named as such can be lessened."""
    assert (
        found(tagger, ("RESULTS", "Lithium reduced mood and the thyroid increased."), of="thyroid").finding == "worse"
    )


def test_a_mention_together_with_a_wording_of_its_own_counts_most(tagger: Tagger) -> None:
    """More than a sentence that only mentions the effect."""
    results = ("RESULTS", "The thyroid had a goitre. The thyroid was better.")
    assert found(tagger, results, of="thyroid").finding == "worse"


def test_a_name_makes_a_sentence_speak_and_says_nothing_itself(tagger: Tagger) -> None:
    """Where it states a time of its own it is not heard: a long time would have been a mention."""
    assert found(tagger, ("RESULTS", "TSH improved."), of="thyroid").finding == "better"
    assert found(tagger, ("RESULTS", "TSH was noted."), of="thyroid").finding == "unclear"
    assert found(tagger, ("RESULTS", "TSH improved within 3 days."), of="thyroid").finding == "unclear"


def test_a_wording_that_a_tag_sets_aside_tells_nothing_of_it(tagger: Tagger) -> None:
    """It still tells of the others."""
    result = ("RESULTS", "There were mixed results on the thyroid and on renal function.")
    assert found(tagger, result).finding == "mixed"
    assert found(tagger, result, of="thyroid").finding == "unclear"


@pytest.mark.parametrize(
    "abstract",
    [
        ("METHODS", "Kidney damage was recorded."),
        ("BACKGROUND", "Lithium causes kidney damage."),
        ("CONCLUSION", "Whether kidney damage is worse remains unknown."),
        ("CONCLUSION", "The protocol foresees less kidney damage."),
        ("CONCLUSION", "Further research on kidney damage is needed."),
    ],
)
def test_only_sentences_that_state_results_tell(tagger: Tagger, abstract: tuple[str, str]) -> None:
    """Neither methods and background nor what is not known yet."""
    tag = found(tagger, abstract)
    assert (tag.finding, tag.finding_evidence) == ("unclear", None)


def test_what_others_found_is_not_enough(tagger: Tagger) -> None:
    """In an abstract without labels, where it may be background."""
    assert found(tagger, "Lithium is old. Kidney damage has been reported. It is cheap.").finding == "unclear"


def test_a_title_that_announces_a_protocol_leaves_all_unclear(tagger: Tagger) -> None:
    """Whatever the text expects."""
    result = ("RESULTS", "Kidney damage was seen.")
    assert found(tagger, result, title="Lithium: a protocol.").finding == "unclear"


def test_the_conclusion_is_heard_before_results_and_these_before_the_title(tagger: Tagger) -> None:
    """By their weights: one conclusion outweighs one result, one result a title."""
    conclusion = ("CONCLUSION", "Renal function improved.")
    result = ("RESULTS", "Kidney damage was seen.")
    assert found(tagger, result, conclusion).finding == "better"
    assert found(tagger, result, title="Better renal function with lithium.").finding == "worse"


def test_harm_and_improvement_of_equal_weight_are_mixed(tagger: Tagger) -> None:
    """Neither hides the other."""
    assert found(tagger, ("RESULTS", "Kidney damage was seen. Renal function improved.")).finding == "mixed"


def test_a_however_limits_what_was_found_before(tagger: Tagger) -> None:
    """An effect here and none there are both true; without the word no change is only outweighed."""
    here, there = "Renal function improved in adults.", "renal function did not differ in children."
    assert found(tagger, ("RESULTS", f"{here} However, {there}")).finding == "mixed"
    assert found(tagger, ("RESULTS", here), ("CONCLUSION", f"In all, {there}")).finding == "no-change"


def test_the_evidence_is_the_weightiest_sentence_that_says_so(tagger: Tagger) -> None:
    """From its start; the offsets cut the phrase out of its section."""
    text = "Mood rose. Kidney damage was seen."
    evidence = found(tagger, ("RESULTS", text)).finding_evidence
    assert evidence is not None
    assert (evidence.basis, evidence.section, evidence.phrase) == ("text", 2, "Kidney damage was seen.")
    assert text[evidence.start : evidence.end] == evidence.phrase


def test_long_evidence_is_cut_at_a_word(tagger: Tagger) -> None:
    """Into at most 200 characters; a text without blanks is cut where it must be."""
    text = "Kidney damage was seen in " + "very " * 60 + "many."
    evidence = found(tagger, ("RESULTS", text)).finding_evidence
    assert evidence is not None
    assert len(evidence.phrase) <= 200
    assert text.startswith(f"{evidence.phrase} ")
    unbroken = found(tagger, ("RESULTS", "kidney/damage/" + "x" * 300)).finding_evidence
    assert unbroken is not None
    assert len(unbroken.phrase) == 200


def test_a_facet_without_findings_tells_none(tmp_path: Path) -> None:
    """Not even that it is unclear."""
    tagger = Tagger(load(written(tmp_path / "lithium.yaml", LITHIUM)))
    assert {tag.finding for tag in tagger.tag(study("Kidney damage with lithium."))} == {None}
