"""Says what a time is: how long a course took, how long after its end or at what time something was seen, or none.

Days and longer are times of outcomes unless the words around them say otherwise. Minutes and hours have to be told as
such, since most of them are those over which a dose is given.
"""

from __future__ import annotations

import re
from typing import Literal

from harvest.tag.follow_up.outside import FOLLOWED, GIVEN, is_outside
from harvest.tag.patterns import Guarded
from harvest.tag.reading import Sentence

Kind = Literal["outcome", "after", "then", "course"]
"""That of an outcome, one after the end of a course, one that follows a course even if equally long, or a course."""

_SINCE = re.compile(
    r"[ -]?(?:after|post\w*|following|later|from (?:the )?(?:start|end|infusion|injection|administration)"
    r"|of (?:surgery|infusion|administration)|time ?points?|follow-?up)",
)
"""Words after a time that count it from something: "6 weeks after the infusion"."""

_AT = re.compile(
    r"\b(?:at|after|until|till|up to|within|first|through|initial|next|subsequent|t|minute|min|hours?|to"
    r"|(?:monitor|follow|observ|assess|record|measur|evaluat|scor|chart|collect|sampl|drawn)\w* [^.;]{0,25}"
    r"(?:for|over|during))\W*"
    r"(?:the )?(?:first |subsequent )?(?:approximately |about )?[\d,. ]*(?:and |to |or |[-–])?$",
)
"""Words before minutes and hours at which, or over which, something was seen."""

_MEASURED = re.compile(
    r"\b(?:record|measur|assess|monitor|scor|rated|evaluat|repeated)\w*[^.;,]{0,25} (?:every|at) $"
    r"|\b(?:analgesia|blocks?|effects?|relief|sedation|symptoms|anaesthesia|anesthesia)\b[^.;,]{0,20} lasted $"
    r"|\b(?:short|brief|transient)\w*,? ?[(\[]?<? ?$",
)
"""Words before minutes or hours in which something was looked at again and again, or an effect was felt."""

_DOSING = re.compile(
    r"[ -](?:infusion|injection|bolus|period|session|intravenous|iv\b|i\.v|before|prior|preoperative|constant|test|dose"
    r"|shift|interval|drive|recall|treatment|after (?:child|birth|induc|intub|inject|oral))",
)
"""Words after minutes and hours over which something is given."""

_DOSED = re.compile(
    r"\b(?:injected|administered|given|received|started|ended|bolus|infused|lasting|lasted)\b(?:[^,;.()]|\.\d){0,30}$",
)
"""Words before them that tell so, or when a dose was given."""

_END = re.compile(
    r"[ -]?(?:after(?! each| every)|following(?! each| every)|post|since|from|of (?=[\w -]{0,30}(?:complet|end))"
    r"|of (?:the )?end)[ -]?(?:the )?(?:[\w-]+ ){0,3}?(?:last|final|end|complet\w*|cessation"
    r"|discontinu\w*|course|series|(?:four|fif|six|seven|eigh|nin|ten|twelf|\d+)th|stopping|infusions"
    r"|therapy|discharge|phase)\b"
    r"|[ -](?:of )?(?:\w+ ){0,2}?follow[ -]?up|[ -]?post[ -]?treatment|[ -]after (?:treatment|its end)"
    r"| (?:in|of|during) (?:the |a )?(?:double-blind |open-label )?(?:maintenance|continuation"
    r"|withdrawal|extension|relapse"
    r"|double-blind (?:phase|period))"
    r"|,? (?:thereafter|afterwards?|after that)\b",
)
"""Words after a time that count it from the end of a course, or make it that of a later phase."""

_FURTHER = re.compile(r" (?:additional|further|more) ", re.IGNORECASE)
"""Words within a time that tell that it follows another: "three further months"."""

_THEN = Guarded(
    "follow|additional|further|subsequent|another|then |respon|remit",
    r"\b(?:followed (?:up )?by|additional|further|subsequent|following|another"
    r"|then (?:\w+ )?(?:seen|followed|observed|monitored|assessed) (?:up )?for"
    r"|follow-?up (?:of|for|period of|at)|then|(?:responders|remitters|responded|remitted) (?:were )?(?:\w+ )?"
    r"(?:followed|monitored|observed)[^.;,]{0,40}? for) "
    r"(?:an? |the |of |for )?(?:\w+ )?(?:up to )?$",
)
"""Words before it that do: "followed by", "responders were followed for"."""

_PAST_THE_LAST = re.compile(
    r"[ -]?(?:after|following|from|beyond|past) (?:the |their |his |her )?(?:[\w-]+ )?(?:last|final)\b"
)
"""Words after a time that make it one after a course even where both are equally long."""

_LATER_PHASE = Guarded(
    "maintenance|continuation|extension|withdrawal",
    r"\b(?:maintenance|continuation|extension|withdrawal)(?: (?:phase|period|part|treatment|therapy|dosing))?"
    r"(?: (?:lasted|lasting|ran|went on|was|of|for|over|until|up to|weekly|fortnightly|monthly|an?|about)){1,4} $",
)
"""Words before a time that make it that of a phase after the first course."""

_COURSE_AFTER = re.compile(
    r"[ -](?:course|(?!post|after|following|of )(?:\w+ )?(?:treatment|therapy)|of (?!(?:the )?(?:follow|observ|end))"
    r"|double-blind|open-label|acute|induction|program|twice|intervention|regimen)",
)
"""Words after a time that make it that of a course: "a 12-week course", "four weeks of treatment"."""

_COURSE_BEFORE = Guarded(
    "over|for|during|across|lasted|period of|duration of",
    r"\b(?:over|for|during|across|lasted|period of|duration of)"
    r"(?: an?| the| up to| about| approximately| [\w.]+ ?(?:to|-|–))? ?$",
)
"""Words before a time that make it that of a course where something was given: "six doses over"."""


def kind_of(sentence: Sentence, days: float, start: int, end: int) -> Kind | None:
    """What the time at ``start:end`` of the sentence's section is, ``None`` where it is none of the study's."""
    before = sentence.source[max(sentence.start, start - 60) : start].lower()
    after = sentence.source[end : min(sentence.end, end + 60)].lower()
    if days < 1 and _MEASURED.search(before):
        return "outcome"
    if is_outside(sentence, days, start, before, after):
        return None
    if days < 1:
        return "outcome" if "±" not in sentence.source[start:end] and _is_seen_at(before, after) else None
    if _FURTHER.search(sentence.source, start, end) or _THEN.holds(before):
        return "then"
    if _PAST_THE_LAST.match(after):
        return "then"
    if _END.match(after) or _LATER_PHASE.holds(before):
        return "after"
    return "course" if _is_course(sentence, start, before, after) else "outcome"


def _is_course(sentence: Sentence, start: int, before: str, after: str) -> bool:
    """Whether something was given over a duration, rather than seen at or after it."""
    if _SINCE.match(after) or before.endswith("at ") or sentence.source.startswith("the ", start):
        return False
    if _COURSE_AFTER.match(after):
        return True
    if not _COURSE_BEFORE.holds(before) or FOLLOWED.search(before):
        return False
    given = sentence.source[max(sentence.start, start - 120) : start].lower() + after[:40]
    return GIVEN.search(given) is not None


def _is_seen_at(before: str, after: str) -> bool:
    """Whether something was seen at these minutes or hours, rather than given over them."""
    if _DOSING.match(after) or _DOSED.search(before):
        return False
    if _SINCE.match(after):
        return True
    return _AT.search(before) is not None
