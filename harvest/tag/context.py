"""Weighs a mention by where it stands and by the words around it.

A mention in the record's own work counts in full; in a background sentence, in a call for future work or in a report of
what others found it counts little; among exclusion criteria, in the words of a literature search or after "patients
without" it does not count. A finding of absence ("no decline was seen") is a finding and counts in full: only a
*mention* of what is not there ("without a history of") is void.
"""

from __future__ import annotations

import re

from harvest.tag.reading import Sentence, Span
from harvest.tag.sentences import Role

WEIGHT: dict[Role, float] = {
    "title": 2.0,
    "keyword": 1.0,
    "index": 0.5,
    "background": 0.25,
    "objective": 1.0,
    "methods": 1.0,
    "results": 1.0,
    "conclusion": 1.0,
    "statement": 0.7,
    "other": 0.0,
}
"""What a mention counts by the role of its sentence."""

FAINT = 0.25
"""What is left of a mention in a call for future work or a report of what others found."""

ASIDE = 0.5
"""What is left of a mention among comorbidities, covariates and baseline characteristics."""

ABSENCE_REACH = 60
"""Characters over which "patients without" governs what follows."""

CLOSE = 40
"""Characters within which two things of a sentence stand beside each other."""

_END_OF_SCOPE = re.compile(r"[;:]|\b(?:but|however|whereas|who|which|were|was|had|showed|received)\b")
_OR = re.compile(r"\bwith(?: and| or| versus| vs\.?|/)$", re.IGNORECASE)


def weight_of(sentence: Sentence) -> float:
    """What any mention in the sentence counts, between 0 and 2."""
    cues = sentence.cues
    weight = WEIGHT[sentence.role]
    if sentence.role in ("title", "keyword", "index"):
        return weight
    if "excluded" in cues or "searched" in cues:
        return 0.0
    if "future" in cues or ("elsewhere" in cues and sentence.role in ("background", "statement")):
        weight *= FAINT
    if "aside" in cues and "objective" not in cues:
        weight *= ASIDE
    return weight


def absent(sentence: Sentence, span: Span) -> bool:
    """Whether the sentence mentions what stands at the span as not there: "patients without a history of ..."."""
    return any(_governs(sentence.source, cue, span) for cue in sentence.cues.get("absent", ()))


def _governs(text: str, cue: Span, span: Span) -> bool:
    reach = 1 if cue[1] - cue[0] == len("non") else ABSENCE_REACH
    between = text[cue[1] : span[0]]
    return (
        cue[1] <= span[0]
        and len(between) <= reach
        and not _END_OF_SCOPE.search(between)
        and not _OR.search(text[max(0, cue[0] - 8) : cue[0]].rstrip())
    )


def misled(sentence: Sentence, tag: tuple[str, str], span: Span) -> bool:
    """Whether the span lies inside a phrase that means something else than the tag (its facet and slug)."""
    return any(start <= span[0] and span[1] <= end for start, end in sentence.misleading.get(tag, ()))


def stands_by(sentence: Sentence, signal: str, span: Span) -> bool:
    """Whether a signal stands close to the span; one that the title gave to every sentence stands everywhere."""
    spans = sentence.signals.get(signal)
    if not spans:
        return spans is not None
    return any(start - CLOSE <= span[1] and span[0] <= end + CLOSE for start, end in spans)
