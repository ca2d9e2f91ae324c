"""A text is cut where evidence begins and ends, and none of it is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvest.catalogue.marks import Kind, Passage, Piece, Run, Span, passages

KINDS: list[Kind] = ["evidence", "chosen", "sentence"]
SPANS = st.lists(
    st.builds(Span, st.integers(-3, 30), st.integers(-3, 30), st.sampled_from(KINDS), st.sampled_from("abc"))
)


def pieces(found: list[Passage]) -> list[tuple[Piece, bool, tuple[str, ...]]]:
    return [(piece, run.is_chosen, one.findings) for one in found for run in one.runs for piece in run.pieces]


def test_a_text_without_evidence_is_one_piece() -> None:
    """And no text is none."""
    assert passages("Pain held.", []) == [Passage((), [Run(False, [Piece("Pain held.", ())])])]
    assert passages("", []) == []


def test_evidence_that_overlaps_is_cut_at_every_boundary() -> None:
    """Each piece knows all of the tags that it is evidence of."""
    spans = [Span(0, 14, "evidence", "one"), Span(10, 19, "evidence", "other")]
    found = [piece for piece, _, _ in pieces(passages("resistant pain held", spans))]
    assert found == [Piece("resistant ", ("one",)), Piece("pain", ("one", "other")), Piece(" held", ("other",))]


def test_a_chosen_phrase_stays_together_within_a_sentence() -> None:
    """Though other evidence begins in it; so does the sentence around it."""
    text = "Long pain was held."
    spans = [Span(0, 19, "sentence", "pain: worse"), Span(0, 9, "chosen", "pain"), Span(5, 9, "evidence", "other")]
    [sentence] = passages(text, spans)
    assert sentence.findings == ("pain: worse",)
    assert [(run.is_chosen, [piece.text for piece in run.pieces]) for run in sentence.runs] == [
        (True, ["Long ", "pain"]),
        (False, [" was held."]),
    ]


def test_the_same_tag_is_named_once() -> None:
    """However often its evidence covers the same words."""
    spans = [Span(0, 4, "evidence", "pain"), Span(0, 4, "chosen", "pain")]
    assert pieces(passages("pain", spans)) == [(Piece("pain", ("pain",)), True, ())]


@given(st.text(max_size=25), SPANS)
def test_no_character_is_lost_and_each_is_marked_by_what_covers_it(text: str, spans: list[Span]) -> None:
    """Put together again the pieces are the text, and a character is marked exactly where evidence covers it."""
    place = 0
    for piece, is_chosen, findings in pieces(passages(text, spans)):
        assert piece.text
        for character in piece.text:
            assert character == text[place]
            over = {span for span in spans if span.start <= place < span.end}
            assert set(piece.labels) == {span.label for span in over if span.kind != "sentence"}
            assert set(findings) == {span.label for span in over if span.kind == "sentence"}
            assert is_chosen == any(span.kind == "chosen" for span in over)
            place += 1
    assert place == len(text)
