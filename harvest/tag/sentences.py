"""Splits text into sentences and tells the role that each plays in the report.

Roles follow the structured abstract (IMRAD). A labelled section has its label's role; where an abstract has no labels
the wording of each sentence decides ("we aimed", "were randomised", "we conclude"). An aim stated in a background
section is an objective.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, get_args

from harvest.model import Section
from harvest.tag.cues import Cue

LONGEST = 1500
"""Characters after which a sentence is cut at a blank, so that the work on one sentence is bounded."""


MOST_KEYWORDS = 12
"""A longer list of keywords is a database's index, not the authors' choice."""

Role = Literal[
    "title", "keyword", "index", "background", "objective", "methods", "results", "conclusion", "statement", "other"
]
"""What a sentence is for.

``statement`` is a sentence of an abstract without labels that may be the record's own work or not, ``index`` a keyword
of a long list, ``other`` what no reader takes for content: registration, funding, limitations.
"""

ROLES: frozenset[Role] = frozenset(get_args(Role))

_LABELS: tuple[tuple[Role, str], ...] = (
    ("other", r"REGIST|FUNDING|LIMITATION|STRENGTH|DISSEMINATION|COPYRIGHT|KEYWORD|VERSION|DISCLOS"),
    ("conclusion", r"CONCL|INTERPRET|DISCUSSION|SIGNIFICANCE|IMPLICATION|OPINION|SUMMARY|MEANS"),
    ("results", r"RESULT|FINDING|OBSERVATION|\bCASE|COVERED|SYNTHESIS|FOUND"),
    ("background", r"BACKGROUND|INTRODUC|CONTEXT|RATIONALE|IMPORTANCE|PREMISE|PROBLEM"),
    ("objective", r"OBJECT|AIM|PURPOSE|GOAL|QUESTION|HYPOTHES"),
    (
        "methods",
        r"METHOD|DESIGN|SETTING|PARTICIP|PATIENT|SUBJECT|INTERVENTION|MEASURE|OUTCOME|DATA|SEARCH|SELECTION|CRITERIA"
        r"|EXPOSURE|PROCEDURE|APPROACH|ANALYS|SOURCE|EXPERIMENT|SAMPLE|DONE",
    ),
)
_ROLE_OF_LABEL = tuple((role, re.compile(pattern)) for role, pattern in _LABELS)
_ROLE_OF_CATEGORY: dict[str, Role] = {
    "BACKGROUND": "background",
    "OBJECTIVE": "objective",
    "METHODS": "methods",
    "RESULTS": "results",
    "CONCLUSIONS": "conclusion",
}

_STOP = re.compile(
    r"[.!?;。！？；؟](?:[\"”')\]]{0,2} +(?=[\"“'(\[]{0,2}[A-Z0-9À-Þ])|(?<=[。！？；؟])|(?<=[a-z]{3}\.)(?=[A-Z][a-z]))"
)
_ABBREVIATED = re.compile(
    r"e\.g|i\.e|vs|cf|ca|al|etc|approx|resp|incl|nos?|figs?|ref|dr|mrs?|st|vol|pp|inc|ltd|spp?|viz|[a-z](?:\.[a-z])?"
)
_LETTERED = re.compile(r"\b(?:groups?|types?|phase|class|stage|grade|vitamin|bipolar|study|arm) [A-Z]$", re.IGNORECASE)
_WORDS_OF_LABEL = (
    r"Background|Introduction|Objectives?|Aims?|Purpose|Rationale|Hypothes[ei]s|Materials? and [Mm]ethods|Methods?"
    r"|Design|Case (?:[Rr]eport|Presentation|Description)|Areas covered|Results?(?: and discussion)?|Findings"
    r"|Discussion|Conclusions?|Expert opinion"
)
_INLINE_LABEL = re.compile(rf"[A-Z][A-Z &,/-]{{3,60}}:|(?:{_WORDS_OF_LABEL})(?::|(?= ?[A-Z]))")
_LABEL_WITHIN = re.compile(rf"(?<= )[A-Z]{{4,20}}[A-Z &,/-]{{0,40}}: |(?<=[.)\]])(?:{_WORDS_OF_LABEL})(?=:|[A-Z][a-z])")
"""A label that begins a sentence wherever it stands: in capitals, or joined to what is before it and after it."""


_CITED = re.compile(r"\d(?: ?\(\d+\)[:,] ?\w?\d|\d; ?\d+ ?[:(])")


def cites(sentence: str) -> bool:
    """Whether the sentence is an entry of a list of references: volume, issue and pages."""
    return (";" in sentence or ")" in sentence) and _CITED.search(sentence) is not None


def role_of(section: Section) -> Role | None:
    """The role that a section's printed label or, failing that, its NLM category gives; ``None`` where neither does."""
    named = _role_of_label(section.label) if section.label else None
    return named or _ROLE_OF_CATEGORY.get(section.category or "")


def inline_role(sentence: str) -> Role | None:
    """The role that a label at the head of a sentence gives ("METHODS: We ..."), ``None`` where there is none."""
    match = _INLINE_LABEL.match(sentence)
    return _role_of_label(match[0]) if match else None


def _role_of_label(label: str) -> Role | None:
    label = label.upper()
    return next((role for role, pattern in _ROLE_OF_LABEL if pattern.search(label)), None)


def roles_by_wording(cues: Sequence[Collection[Cue]]) -> list[Role]:
    """The roles of the sentences of an abstract without labels: what each sounds like.

    Background comes first, up to the last sentence that states an aim; a conclusion is not in the first half.
    """
    aims = [i for i, found in enumerate(cues) if "objective" in found and i <= 0.7 * len(cues)]
    start = aims[-1] if aims else 0
    roles: list[Role] = []
    for i, found in enumerate(cues):
        if "objective" in found and ("results" not in roles or i <= start):
            roles.append("objective")
        else:
            roles.append(_role_by_wording(found, before=i < start or i == 0, late=i >= len(cues) / 2))
    return roles


def _role_by_wording(cues: Collection[Cue], *, before: bool, late: bool) -> Role:
    own = "elsewhere" not in cues
    if "conclusion" in cues and late:
        return "conclusion"
    if "methods" in cues and own:
        return "results" if "results" in cues else "methods"
    if before:
        return "background"
    return "results" if "results" in cues and own else "statement"


def refined(role: Role, cues: Collection[Cue], *, aims: bool) -> Role:
    """The role of a sentence in a labelled section.

    An aim stated in a background section is an objective; where an objective section states its aim in so many words
    (``aims``), its other sentences are background.
    """
    if role == "background" and "objective" in cues:
        return "objective"
    if role == "objective" and aims and "objective" not in cues:
        return "background"
    return role


def split(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence; "e.g.", "vs.", initials and decimals end none, an inline label begins one."""
    cuts = {*_stops(text), *(match.start() for match in _LABEL_WITHIN.finditer(text)), len(text)}
    start = 0
    for cut in sorted(cuts):
        yield from _pieces(text, start, cut)
        start = cut


def _stops(text: str) -> Iterator[int]:
    for match in _STOP.finditer(text):
        if text[match.start()] != "." or not _abbreviated(text, match.start()):
            yield match.end()


def _abbreviated(text: str, stop: int) -> bool:
    """Whether the word before the stop is an abbreviation or an initial: not the K of "group K.", the h of "24 h."."""
    start = text.rfind(" ", max(0, stop - 8), stop) + 1
    word = text[start:stop]
    if not _ABBREVIATED.fullmatch(word.lstrip("([").lower()):
        return False
    counted = len(word) == 1 and text[max(0, start - 2) : start - 1].isdigit()
    return not counted and not _LETTERED.search(text, max(0, stop - 20), stop)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        blank = text.rfind(" ", start + 1, start + LONGEST)
        cut = blank if blank > 0 else start + LONGEST
        yield start, cut
        start = cut
    if text[start:end].strip():
        yield start, end
