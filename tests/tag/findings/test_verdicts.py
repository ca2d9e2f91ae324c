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
    "bad": {"phrases": ["(damage|decline|worse*|harms)"]},
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
        ("The rate of kidney damage was lower with lithium.", "better"),
        ("Kidney damage was worse in low light.", "worse"),
        ("No study looked for renal failure.", "unclear"),
        ("Kidney damage increased with placebo.", "better"),
        ("Kidney damage was worse than with placebo.", "worse"),
        ("Kidney damage worsened by 4.2 points with placebo.", "better"),
        ("Kidney damage was seen less with lithium.", "better"),
        ("Daily but not weekly lithium harms the kidney.", "worse"),
        ("It was worse for mood but not for the kidney.", "unclear"),
        ("Although mood was better, renal function was worse.", "worse"),
        ("Although renal function was better, mood was worse.", "better"),
        ("Renal function improved at first but was worse later.", "mixed"),
        ("Renal function was worse in the sertraline group but unchanged with lithium.", "no-change"),
        ("Renal function was unchanged with lithium but worse in women.", "mixed"),
        ("Renal function was unchanged in the young and placebo groups, and was worse in the old group.", "mixed"),
        ("A low dose caused no kidney damage, whereas a higher dose was worse.", "mixed"),
        ("Far from a decline of the kidney, its function improved.", "better"),
        ("The kidney was worse, whereas younger patients had no difference.", "mixed"),
        ("The kidney was worse, whereas mood had no difference.", "worse"),
        ("No case of renal failure occurred.", "no-change"),
        ("There was no difference in kidney damage.", "no-change"),
        ("Kidney damage in the control group was higher.", "better"),
        ("There were mixed results on renal function.", "mixed"),
        ("Kidney damage was seen in adults, whereas renal function of the young was unchanged.", "mixed"),
        ("Was there kidney damage?", "unclear"),
        ("Renal function improved, but later there were mixed results.", "mixed"),
        ("Renal function was measured twice.", "unclear"),
        ("The thyroid improved.", "unclear"),
    ],
)
def test_a_finding_is_what_the_wording_says_under_what_governs_it(tagger: Tagger, sentence: str, finding: str) -> None:
    """Denial makes it no change, lessening of harm an improvement; without a wording nothing is told."""
    assert found(tagger, ("RESULTS", sentence)).finding == finding


def test_an_aim_that_presents_cases_tells_what_befell_them(tagger: Tagger) -> None:
    """Any other aim tells what was hoped for."""
    assert found(tagger, ("OBJECTIVE", "We report four patients whose renal function improved.")).finding == "better"
    assert found(tagger, ("OBJECTIVE", "We asked whether renal function improved.")).finding == "unclear"


def test_without_begins_a_clause(tagger: Tagger) -> None:
    """What improved before it is something else."""
    assert found(tagger, ("RESULTS", "Mood improved, without kidney damage.")).finding == "no-change"
    assert found(tagger, ("RESULTS", "Mood improved, with no kidney damage.")).finding == "no-change"


def test_a_lack_of_the_effects_own_improvement_is_harm(tagger: Tagger) -> None:
    """A wording that only this effect has would not be looked for if its absence meant nothing."""
    assert found(tagger, ("RESULTS", "A euthyroid state was kept."), of="thyroid").finding == "better"
    assert found(tagger, ("RESULTS", "No euthyroid state was kept."), of="thyroid").finding == "worse"


def test_change_here_and_none_there_are_both_true(tagger: Tagger) -> None:
    """Where neither has enough of the weight."""
    results = ("RESULTS", "Kidney damage was seen. Renal function did not differ. Renal failure was unchanged.")
    assert found(tagger, results).finding == "no-change"
    assert found(tagger, results, ("CONCLUSION", "Kidney damage was seen.")).finding == "mixed"


def test_where_harm_and_improvement_contradict_each_other_the_conclusion_decides(tagger: Tagger) -> None:
    """Neither side has enough of the weight, and they do not balance; without a conclusion nothing is told."""
    harm, improvement = "Kidney damage was seen. ", "Renal function improved. "
    both = ("RESULTS", f"{harm * 4}{improvement * 3}")
    assert found(tagger, both).finding == "unclear"
    assert found(tagger, both, ("CONCLUSION", improvement)).finding == "better"
    assert found(tagger, ("RESULTS", harm * 3), ("CONCLUSION", improvement)).finding == "worse"


def test_nothing_is_told_where_some_say_no_change_too(tagger: Tagger) -> None:
    """Nor is there evidence then."""
    results = "Kidney damage was seen. " * 3 + "Renal function improved. " * 2 + "Renal function did not differ."
    tag = found(tagger, ("RESULTS", results))
    assert (tag.finding, tag.finding_evidence) == ("unclear", None)


def test_a_title_that_asks_tells_nothing(tagger: Tagger) -> None:
    """Wherever its question ends."""
    assert found(tagger, "", title="Goitre of the thyroid? A study of lithium.", of="thyroid").finding == "unclear"
    assert found(tagger, "", title="Goitre of the thyroid: a study of lithium.", of="thyroid").finding == "worse"


def test_a_sentence_after_harm_that_says_whether_it_passes_is_heard(tagger: Tagger) -> None:
    """It need not name the effect again."""
    harm = "Kidney damage was seen in renal biopsies. "
    assert found(tagger, ("RESULTS", harm + "It recovered, with mixed results.")).finding == "mixed"
    assert found(tagger, ("RESULTS", harm + "Mood showed mixed results.")).finding == "worse"


def test_harm_that_the_conclusion_names_outweighs_a_single_mixed_result(tagger: Tagger) -> None:
    """But a mixed result among harm that it does not name does not vanish."""
    results = ("RESULTS", "The kidney had mixed results. Kidney damage was seen. Kidney damage was severe.")
    assert found(tagger, results, ("CONCLUSIONS", "Lithium causes kidney damage.")).finding == "worse"
    assert found(tagger, results).finding == "mixed"


def test_a_relative_wording_is_read_as_each_effect_asks(tagger: Tagger) -> None:
    """More is good of one thing and bad of another; a plain word beside it outranks it."""
    result = ("RESULTS", "Renal function increased. The thyroid increased.")
    assert found(tagger, result).finding == "better"
    assert found(tagger, result, of="thyroid").finding == "worse"
    assert found(tagger, ("RESULTS", "Kidney damage increased.")).finding == "worse"


def test_a_wording_of_the_effects_own_needs_no_mention(tagger: Tagger) -> None:
    """It names the effect itself, and speaks before the wordings of all effects."""
    assert found(tagger, ("RESULTS", "A goitre developed."), of="thyroid").finding == "worse"
    assert found(tagger, ("RESULTS", "A goitre developed, and mood improved."), of="thyroid").finding == "worse"
    assert found(tagger, ("RESULTS", "A goitre developed.")).finding == "unclear"


def test_the_longest_wording_is_heard(tagger: Tagger) -> None:
    """A goitre clinic is no goitre."""
    assert found(tagger, ("RESULTS", "All went to the goitre clinic."), of="thyroid").finding == "unclear"


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
