"""Tells how counts of people in one sentence stand to each other.

Groups that stand side by side are added up ("51 users and 49 controls") unless one count is the whole of the others
("100 people: 51 users and 49 controls"); a count in brackets is a part of the one before them; "each" multiplies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from harvest.tag.numbers import has
from harvest.tag.participants.counts import AND_BEFORE, SAID, SHARED, Count
from harvest.tag.reading import Sentence

_AND = re.compile(r"\b(?:and|versus|vs|plus|or|to|with|than)\b|[,+;&/]", re.IGNORECASE)

_NEW_GROUP = re.compile(r"\b(?:and|versus|vs|plus|or|compared)\b|[+&]", re.IGNORECASE)

_APART = re.compile(
    r"\b(?:were|was|who|whom|which|completed|received|underwent|includ\w+|had|of these|did|dropped|have|showed|reported"
    r"|respectively|additional|total\w*|from|between|found|among|each|excluded|entered|remained|enrolled|participated"
    r"|recruited|randomi[sz]ed)\b|%|: ",
    re.IGNORECASE,
)

_FAR_APART = re.compile(
    r"\b(?:of (?:these|whom|which|them)|excluded|dropped|completed|responders?|days?|weeks?|months?|time|follow"
    r"|baseline"
    r"|stud(?:y|ies)|trials?)\b",
    re.IGNORECASE,
)

_VERSUS = re.compile(r"\b(?:versus|vs|compared (?:with|to)|than|whereas|while)\b", re.IGNORECASE)

_ASSIGNED = re.compile(r"\b(?:randomi[sz]ed|assigned|allocated|divided)\b[^.;]*$")

_LEFT = re.compile(r"\bof (?:these|whom|which|them)|excluded|dropped|completed|respond|stud|trial", re.IGNORECASE)

_COMPARED = re.compile(
    r"(?:\band|versus|vs\.?|against|plus|than|(?:compared )?(?:with|to|by)) "
    r"(?:(?:an?|the|that|those|of|in|from|group|cohort|sample|set|historical?|matched|control|recruited|enrolled|another"
    r"|as many as|our) ){0,5}$"
)

_PARTLY = re.compile(r"%|\bof (?:whom|these|which)\b|: |completed|\d of $")

_SHARES_OUT = re.compile(
    r"%|: |\bof (?:these|those|whom|which|them)\b"
    r"|[,(] ?(?!who|which|that|and)[\w-]+ (?:to|in|on|with|were|received|given|assigned)\b|\d and $"
)
"""What tells that a part of those before follows: "52 adults were randomised, 26 to the drug and 26 to saline"."""

COMPARISON = re.compile(
    r"\b(?:match(?:ed|ing)|unaffected|healthy|untreated|unexposed|non-?exposed|unmedicated|drug-na[iï]ve|never-\w+"
    r"|non-?\w*us(?:ers?|ing)|abstinent|comparison|comparators?|controls?|reference|referents|waiting[ -]list|waitlist"
    r"|siblings|neighbou?rs|peers|population-based|typically developing)\b",
    re.IGNORECASE,
)
"""What a group for comparison is called."""

_ALIKE = re.compile(
    r"[\w -]{0,20}(?: of (?:a |the )?(?:similar|comparable|same|equal)\b| who (?:had|have) never\b"
    r"| who (?:did|do) not use| with(?:out| no) (?:a |any )?(?:[\w-]+ )?(?:history|exposure|such|use|disorder)\b"
    r"| never (?:exposed|given|treated)\b)"
)
"""What is said after a group that is there for comparison: "41 men of similar age who had never used drugs"."""

_ASIDE = re.compile(r" ?[(\[][^()\[\]]*[)\]]")
"""What stands in brackets."""

_SINGLED_OUT = re.compile(
    r"\b(?:(?:Of|Among|Amongst|[Oo]ut of)(?: the| these| all| our| a total of)?"
    r"|[Ff]rom an? [\w ]{0,12}(?:sample|total|pool|cohort) of) $"
)

_IN_ALL = re.compile(r" (?:in all|together|in total|altogether)\b")

_FARTHEST = 200
"""Characters that may stand between two groups."""

_GROUPS_BEFORE = re.compile(r"\b(?:groups|arms) \($")

_SIZED = ("groups of", "arms of")
"""What a count begins with that is the size of each of several groups."""

_EACH = re.compile(
    r",? each\b|[^\d.;]{0,30} (?:(?:in|to|for) (?:each|every) (?:of the )?(?:\w+ )?|per )(?:groups?|arms?)\b"
)

_EACH_DID = re.compile(r",? each (?:had|took|underwent|\w+ed)\b")
"""What makes "each" each of the people rather than of groups: "23 volunteers each received both drugs"."""

_EACH_PARTS = ("each", "every", "per ", "/group", "/arm")

_AS_MANY = re.compile(
    r"[^.;\d]{0,60}? (?:and|with|to|versus) (?:in )?(?:an (?:equal|identical) number of|the same number of|as many) "
    r"(?:[\w-]+ ){0,4}?(?:controls|volunteers|participants|subjects|individuals|people|patients|adults|men|women)\b"
)
"""Words after a count that tell of a second group of the same size: "18 patients and an equal number of controls"."""

_AS_MANY_PARTS = (" number of ", " as many ")

_EACH_OF = re.compile(r" (?:to|in|for) each\b")

_EACH_BEFORE = re.compile(
    r"\b(?:(?:in|to|for) each (?:of the )?(?:\w+ )?(?:group|arm)s?,?"
    r"|each (?:\w+ )?(?:group|arm) (?:(?:will|would|be|was|is|has|had) ){0,2}"
    r"(?:consist\w* of|compris\w+|composed of|includ\w+|contain\w*|of|had|has|have|with)) $",
    re.IGNORECASE,
)

_GROUPS = re.compile(
    r"\b(two|three|four|five|six|[2-6])(?: [\w-]+){0,3} (?:groups|arms)\b|\binto (two|three|four|five|six|[2-6])\b",
    re.IGNORECASE,
)

_GROUP_NUMBER = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def whole(counts: Sequence[Count]) -> tuple[Count | None, Sequence[Count]]:
    """The count that two or more after it add up to, and these; a small one among others does so by chance."""
    for place, count in enumerate(counts[:-2]):
        rest = 0
        for number, other in enumerate(counts[place + 1 :], start=1):
            rest += other.value
            if rest == count.value and number > 1 and (place == 0 or rest >= 20):
                return count, counts[place + 1 : place + 1 + number]
    return None, ()


def runs(sentence: Sentence, counts: Iterable[Count]) -> Iterator[list[Count]]:
    """The counts in runs of such as stand side by side, without those that tell a part of the one before.

    A part that is one of several equal ones is a run of its own.
    """
    text, run = sentence.source, list[Count]()
    for count in counts:
        if run and _is_part(text, run[-1], count):
            if groups_of(sentence, count) > 1:
                yield [count]
            continue
        if run and not _joined(text, run[-1], count):
            yield run
            run = []
        run.append(count)
    if run:
        yield run


def _is_part(text: str, one: Count, other: Count) -> bool:
    """Whether a count in brackets tells a part of the one before the brackets: "40 patients (12 women)"."""
    between = text[one.end : other.start]
    return other.depth > one.depth and len(between) < 60 and (other.kind != "n" or not _NEW_GROUP.search(between))


def _joined(text: str, one: Count, other: Count) -> bool:
    """Whether two counts stand side by side as groups."""
    between = text[one.end : other.start]
    if len(between) >= _FARTHEST:
        return False
    if "done" in (one.kind, other.kind):
        return _done_alike(text, one, other) and _in_parallel(text, one, other)
    if one.kind == other.kind == "n":
        alike = _VERSUS.search(between) or _ASSIGNED.search(text, max(0, one.start - 130), one.start)
        far = _FAR_APART.search(between) and (not alike or _LEFT.search(between))
        return _AND.search(between) is not None and not far
    if _SINGLED_OUT.search(text, max(0, one.start - 30), one.start) or _IN_ALL.match(text, other.end):
        return False
    return (
        (one.depth >= other.depth and _compared(text, between, other))
        or _listed(between, other)
        or _in_parallel(text, one, other)
    )


def _compared(text: str, between: str, other: Count) -> bool:
    """Whether the other count is that of a group for comparison: "... and were compared with 35 patients"."""
    if not _COMPARED.search(between) or _PARTLY.search(between):
        return False
    if "compared" in between[-60:]:
        return True
    return (
        COMPARISON.search(text, other.start, other.end) is not None
        or text.endswith("volunteers", other.start, other.end)
        or _ALIKE.match(text, other.end) is not None
    )


def _listed(between: str, other: Count) -> bool:
    between = _ASIDE.sub("", between)
    near = other.kind in ("people", "n") and len(between) < 90
    return near and _AND.search(between) is not None and not _APART.search(between)


def _done_alike(text: str, one: Count, other: Count) -> bool:
    """Whether the same was done with both: "26 were allocated to the drug and 27 to placebo"."""
    return one.kind == "done" and (
        other.kind == "parallel" or text[one.after : one.end] == text[other.after : other.end]
    )


def _in_parallel(text: str, one: Count, other: Count) -> bool:
    """Whether the same is said of two counts: "40 patients received ... and 42 received ..."."""
    between = text[one.end : other.start]
    since = one.after if one.kind == "parallel" else one.end
    after = other.end if other.kind == "people" else other.after
    if _EACH_OF.match(text, other.after):
        return False
    return (
        one.kind != "n"
        and one.depth == other.depth
        and len(between) < 120
        and not _SHARES_OUT.search(between)
        and SAID.match(text, since) is not None
        and SAID.match(text, after) is not None
        and AND_BEFORE.search(between) is not None
    )


def is_shared_out(count: Count, counts: Iterable[Count]) -> bool:
    """Whether another count tells the people whom this one shares out in equal parts: "150 adults (50 each)"."""
    return any(count.value < other.value and other.value % count.value == 0 for other in counts)


def groups_of(sentence: Sentence, count: Count) -> int:
    """How many groups have as many as the count says, two where the sentence tells no number."""
    text = sentence.source
    if count.kind == "n" and text.startswith(_SIZED, count.start):
        match = _GROUPS.search(text, max(sentence.start, count.start - 40), count.after)
        return _group_number(match) if match else 1
    if count.kind == "n" and _GROUPS_BEFORE.search(text, max(0, count.start - 12), count.start):
        match = _GROUPS.search(text, max(sentence.start, count.start - 60), count.start)
        return _group_number(match) if match else 1
    if has(text[count.end : count.end + 90], _AS_MANY_PARTS) and _AS_MANY.match(text, count.end):
        return 2
    if not has(text[max(0, count.start - 45) : count.end + 60].lower(), _EACH_PARTS):
        return 1
    if (
        _EACH.match(text, count.end)
        or SHARED.match(text, count.after)
        or _EACH_BEFORE.search(text, max(0, count.start - 45), count.start)
    ):
        match = _GROUPS.search(text, sentence.start, sentence.end)
        return _group_number(match) if match else 1 if _EACH_DID.match(text, count.end) else 2
    return 1


def _group_number(match: re.Match[str]) -> int:
    word = (match[1] or match[2]).lower()
    return _GROUP_NUMBER.get(word) or int(word)
