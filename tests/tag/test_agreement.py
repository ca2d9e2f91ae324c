"""How well the project's tagger agrees with the labels of the sample corpus.

The labels were written before a tagger read the corpus, but its rules have since learned from where they differed: the
floors tell when something breaks, not how good the tags are on studies that nobody has seen (``harvest evaluate``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest import medline
from harvest.accuracy import ALL, FINDING, Label, Measure, measured, read_labels
from harvest.model import Study, Tag
from harvest.tag import Tagger

CORPUS = Path("tests/pubmed/corpus")

FLOOR = {
    "relevance": 0.90,
    "species": 0.90,
    "design": 0.85,
    "participants": 0.80,
    "follow_up_days": 0.75,
    "condition": 0.88,
    "long_term_effect": 0.80,
    "adverse_effect": 0.85,
    "theme": 0.70,
    "population": 0.85,
    "substance": 0.90,
    "route": 0.90,
    "regimen": 0.80,
    FINDING: 0.70,
}
"""The least F1 of each facet as a whole."""

TAG_FLOOR = 0.60
"""The least F1 of a tag that the labels give five times or more."""

Pair = tuple[Label, tuple[Tag, ...]]


@pytest.fixture(scope="module")
def pairs(project: Tagger) -> list[Pair]:
    """Every labelled study of the sample corpus with the tags that it gets."""
    studies = {study.pmid: study for study in sample_studies()}
    labels = [
        label for path in CORPUS.glob("*.jsonl") for label in read_labels(path, project.facets, project.definitions)
    ]
    return [(label, project.tag(studies[label.pmid])) for label in labels]


@pytest.fixture(scope="module")
def measures(pairs: list[Pair], project: Tagger) -> list[Measure]:
    return measured(pairs, project.facets)


def sample_studies() -> Iterator[Study]:
    for path in CORPUS.glob("*.xml"):
        with path.open("rb") as stream:
            yield from (record for record in medline.read(stream) if isinstance(record, Study))


TEMPTING = {
    "depression": r"depress|antidepress",
    "ptsd": r"ptsd|trauma",
    "anxiety": r"anxi",
    "psychosis": r"psychos|psychotic|schizophren",
    "substance-use-disorder": r"addict|alcohol|opioid use|dependence",
    "anaesthesia-sedation": r"anaesth|anesth|sedat",
    "cognition": r"cogniti|memory",
    "dependence": r"abuse|misuse|addict|craving",
    "urinary": r"bladder|urin|cystitis|kidney",
    "hepatobiliary": r"liver|hepat|bil(e|iary)",
    "cardiovascular": r"cardi|blood pressure",
    "durability": r"relaps|sustain|maint|weeks|months",
    "brain": r"neurotox|white matter|apopto",
}
"""What a tagger by plain words would go by."""


def test_the_corpus_is_large_and_holds_hard_negatives(pairs: list[Pair]) -> None:
    """150 studies or more; in a third or more, words of a condition or effect stand that the readers did not give."""
    studies = {study.pmid: " ".join(section.text for section in study.sections) for study in sample_studies()}
    hard = [
        label.pmid
        for label, _ in pairs
        if any(
            re.search(words, studies[label.pmid], re.IGNORECASE)
            and tag not in (*label.said["condition"], *label.said["long_term_effect"])
            for tag, words in TEMPTING.items()
        )
    ]
    assert len(pairs) >= 150
    assert len(hard) >= len(pairs) / 3


def test_every_tag_of_the_taxonomy_is_in_the_labels(pairs: list[Pair], project: Tagger) -> None:
    """So that none can break unnoticed."""
    labelled = Counter(
        (facet.facet, tag) for label, _ in pairs for facet in project.facets for tag in label.tags(facet.facet)
    )
    assert [(one.facet, one.tag) for one in project.definitions if not labelled[one.facet, one.tag]] == []


@pytest.mark.parametrize("facet", FLOOR)
def test_each_facet_agrees_with_its_readers(measures: list[Measure], facet: str) -> None:
    """By F1 over all of its tags, of its number, or of its findings where both see the effect."""
    [f1] = [one.f1 for one in measures if (one.facet, one.tag) == (facet, ALL)]
    assert f1 is not None
    assert f1 >= FLOOR[facet]


def test_each_tag_agrees_with_its_readers(measures: list[Measure]) -> None:
    """Where there are labels enough to say so."""
    poor = {
        (one.facet, one.tag): one.f1
        for one in measures
        if one.tag != ALL and one.positives >= 5 and (one.f1 or 0) < TAG_FLOOR
    }
    assert poor == {}
