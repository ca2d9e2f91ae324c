"""Behind every tag, number and finding stand words that a reader can find, for every study of the sample corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest import medline
from harvest.model import Study, Tag
from harvest.tag import Tagger
from tests.tag.studies import without

CORPUS = Path("tests/pubmed/corpus")
LONGEST = 200


@pytest.fixture(scope="module")
def tagged(project: Tagger) -> list[tuple[Study, tuple[Tag, ...]]]:
    """The studies of the sample corpus with their tags."""
    studies = []
    for path in sorted(CORPUS.glob("*.xml")):
        with path.open("rb") as stream:
            studies += [record for record in medline.read(stream) if isinstance(record, Study)]
    return [(study, project.tag(study)) for study in studies]


def test_every_tag_number_and_finding_has_evidence(tagged: list[tuple[Study, tuple[Tag, ...]]]) -> None:
    """A finding that says something has its sentence; one that is unclear has none."""
    for study, tags in tagged:
        for tag in tags:
            assert tag.evidence, (study.pmid, tag.facet, tag.tag)
            assert (tag.finding in (None, "unclear")) == (tag.finding_evidence is None), (study.pmid, tag.tag)


def test_every_offset_cuts_its_phrase_out_of_the_stored_section(
    tagged: list[tuple[Study, tuple[Tag, ...]]],
) -> None:
    """At most 200 characters of it; headings, keywords and publication types are the record's own."""
    for study, tags in tagged:
        headings = {one.ui for one in study.mesh} | {one.ui for one in study.substances}
        indexed = headings | {one.ui for one in study.publication_types}
        keywords = {keyword.text for keyword in study.keywords}
        for one in (one for tag in tags for one in (*tag.evidence, tag.finding_evidence) if one):
            if one.basis == "text":
                assert one.section is not None
                assert study.sections[one.section].text[one.start : one.end] == one.phrase
                assert 0 < len(one.phrase) <= LONGEST
            elif one.basis == "keyword":
                assert one.phrase in keywords
            else:
                assert one.source_id in indexed


def test_a_tag_goes_with_its_evidence(tagged: list[tuple[Study, tuple[Tag, ...]]], project: Tagger) -> None:
    """Blank every span and take away every keyword and heading behind a tag, and nothing else speaks for it.

    But for one tag in five hundred: a sentence without its first words may read as another part of the report, and so
    may those after it; then words count that did not count before.
    """
    left = [
        (study.pmid, tag.facet, tag.tag)
        for study, tags in tagged
        for tag in tags
        if (tag.facet, tag.tag) in {(other.facet, other.tag) for other in project.tag(without(study, tag.evidence))}
    ]
    assert len(left) <= sum(len(tags) for _, tags in tagged) / 500, left
