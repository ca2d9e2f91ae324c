"""Where a sentence bends: its clauses, what stands around a wording in one, and which go on about the same."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from harvest.tag.patterns import Guarded
from harvest.tag.reading import Sentence, Span

REACH = 160
"""Characters on either side of a wording in which something may govern it."""

_STOP = re.compile(r";|:(?! ?\d)")
"""Marks that end a clause; the colon of a ratio does not."""

_OPENING = re.compile(
    r"(?:While|Whilst|Whereas|Although|Though|Even though|Despite)\b[^;]{5,200}?"
    r"(?=, (?:we|it|they|there|th(?:is|ese|e|ose|at)|its|their|no|neither|none|both|most|some|all|only"
    r"|(?:[\w-]+ ){1,3}(?:was|were|did|is|are|ha[sd]|does|may|can|rose|fell|\w+ed))\b)"
)
"""The clause before the main one: "Although memory improved, mood did not"."""

_TURN = Guarded(
    "but|whil|whereas|though|however|yet|despite|except|with no|without",
    r"\b(?:(?<!all )but|while|whilst|whereas|although|though|however|yet|despite|except|with no|without)\b",
    re.IGNORECASE,
)
"""Words that begin a clause."""

_GOES_ON = re.compile(
    r"\W*(?:but|whereas|while|although|though|yet) (?:(?:then|later|also|still|only|not) )?"
    r"(?:it|they|these|this|d(?:o|oes|id) not"
    r"|(?:(?:was|were|is|are|had) )?(?:remained|worsened|declined|deteriorated|improved"
    r"|recovered|increased|decreased|fell|rose|returned|persisted|unchanged|impaired|lower|higher|worse|better)"
    r"|(?:the |an? )?(?:one|two|three|four|five|six|several|repeated|multiple|single|prolonged|brief|high(?:er)?"
    r"|low(?:er)?|chronic|acute|infrequent|occasional|former|light|moderate|heavy|frequent|daily|younger|older|male|female"
    r"|adult|adolescent|abstinent|other|women|men|others|some|those|adults|adolescents|children))\b"
)
"""A clause without a subject of its own, or whose subject is another part of the same people."""

_WITHOUT = re.compile(r"\W*(?:with no|without|despite)\b")
"""A clause that hangs on the one before it whatever it names."""


class Clauses:
    """The clauses of a sentence, by number."""

    def __init__(self, sentence: Sentence) -> None:
        self._text = sentence.source
        self._starts = [sentence.start, *_cuts(self._text, sentence.start, sentence.end)]
        self._end = sentence.end

    def at(self, span: Span) -> int:
        """The number of the clause in which the span begins."""
        return bisect_right(self._starts, span[0]) - 1

    def around(self, clause: int, span: Span) -> tuple[str, str]:
        """What stands before and after the span in its clause, within ``REACH``."""
        start, end = span
        left, right = start - REACH, end + REACH
        first = self._starts[clause]
        last = self._starts[clause + 1] if clause + 1 < len(self._starts) else self._end
        return self._text[max(first, left) : start], self._text[end : min(last, right)]

    def continued(self, naming: set[int]) -> set[int]:
        """These clauses and those that go on about the same, with a pronoun or no subject: "but declined later"."""
        for clause in range(1, len(self._starts)):
            if clause - 1 in naming and _GOES_ON.match(self._text, self._starts[clause]):
                naming.add(clause)
        return naming

    def apart(self, clause: int, named: Sequence[Span]) -> bool:
        """Whether the clause is about something else than those that name the effect."""
        naming = {self.at(span) for span in named}
        hangs = _WITHOUT.match(self._text, self._starts[clause]) is not None
        return bool(naming) and not hangs and clause not in self.continued(naming)

    def text(self, span: Span) -> str:
        """What stands in the span."""
        return self._text[span[0] : span[1]]

    def between(self, one: Span, other: Span) -> str:
        """What stands between two spans."""
        return self._text[one[1] : other[0]]


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Where clauses begin within this part of the text: at a stop, or at a word with the comma and blank before it."""
    stops = _opening(text, start, end) + [stop.start() for stop in _STOP.finditer(text, start, end)]
    turns = [
        start + len(text[start:turn].removesuffix(" ").removesuffix(",")) for turn in _TURN.starts(text, start, end)
    ]
    return sorted(stops + turns) if stops and turns else stops or turns


def _opening(text: str, start: int, end: int) -> list[int]:
    """Where the main clause begins after one that yields to it: "Although memory improved, ..."."""
    yielding = _OPENING.match(text, start, end)
    return [yielding.end()] if yielding else []
