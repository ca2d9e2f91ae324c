"""What a wording says under what governs it.

"No decline" is no change, "less decline" an improvement, and a lack of the effect's own improvement is harm. What may
be chance is no change; so is what was looked for in vain, and what practice explains. Harm that the controls had more
often is an improvement. A threshold, the state at first, what only few had and what soon passes tell nothing.
"""

from __future__ import annotations

import re

from harvest.model import Finding
from harvest.tag.patterns import Guarded

OWN, PLAIN, RELATIVE = range(3)
"""The ranks of wordings: of the effect's own, those that all effects read alike, and those that some read otherwise."""

SIGNIFICANT = 0.05
"""From this probability on a difference may be chance."""

_VERB = (
    r"\b(?:w(?:as|ere|ould|ho|hich)|ha(?:d|s|ve)|is|are|showed|did|c(?:an|ould)|m(?:ay|ight)|arose|occurred|emerged)\b"
)
"""Verbs at which a clause turns to what is said of its subject; by first letters, as these are tried at every word."""

_GOVERNED = rf"\b(?:(?:(?!{_VERB})[^;]){{0,90}}|(?:(?!{_VERB})[^,;]){{0,120}})$"
"""How far a denial governs: to the verb."""

_UNKNOWN = r"(?:\w+ )?(?:stud(?:y|ies)|trials?|data|information|research|consensus|(?:\w+ )?other than)\b"
"""What looks like a denial: that nobody looked is no absence."""

_DENIES = rf"n(?:o(?! {_UNKNOWN})|or|either|othing)|without|absence of|free of"

_NOBODY = (
    r"(?:(?:^\W*|, |\b(?:and|that|but) )(?:in )?(?:no(?:[ -]one)?|neither|nothing)"
    r"|\b(?:nobody|none|not (?:one|a single)))\b"
    rf"(?! (?:longer|{_UNKNOWN}))(?:(?! and (?:\w+ ){{1,4}}{_VERB})[^;,]){{0,140}}$"
    r"|\bnor (?:was|were|is|are|did|does|do|has|had|have|could|can) [^;,]{0,120}$"
)
"""A subject that is none governs its clause beyond the verb."""

_DENIED = Guarded("no|without|neither|absence of|free of", rf"\b(?:{_DENIES}){_GOVERNED}|{_NOBODY}", re.IGNORECASE)
"""What denies a mention after it."""

_NOT = Guarded(
    "no|without|neither|never|lack|insufficient|absence of|free |fail|rather than|little|few|low |minimal|negligible"
    "|small |far from|instead of|hardly|scarcely|barely|rarely|seldom",
    rf"\b(?:{_DENIES}|n(?:ot(?! only)|ever|one|obody|on-?significant(?:ly)?)|cannot|insufficient"
    r"|lack(?:ed|s|ing)?|free from|fail(?:ed|s|ure) to|little|few|hardly|scarcely|barely|rarely|seldom"
    r"|(?:low|minimal|negligible|small) (?:risk|rates?|incidence|prevalence|potential|likelihood) (?:of|for))"
    rf"{_GOVERNED}|\bnone, (?:including|even)[^;]{{0,90}}$|{_NOBODY}"
    r"|\b(?:far from|rather than|instead of) [^,;]{0,60}$"
    r"|\b(?:none of|no (?:patients?|participants?|subjects?|animals?|cases?))\b[^;,]{0,120}$",
    re.IGNORECASE,
)
"""What denies harm or improvement that is told after it."""

_JOINED = re.compile(
    r"^\W*(?:no|none|nobody|neither)\b[^,;]*\b(?:\w+ed|was|were|had|did)\b[^,;]* and (?=(?:[\w-]+ ){1,4}$)",
    re.IGNORECASE,
)
"""Two statements, of which the second has a subject of its own: "No patient died and memory improved"."""

_UNPROVEN = Guarded(
    "that",
    r"\b(?:no|not|nothing|without|little|lack of|cannot|unable|fail(?:s|ed)?|insufficient|absence of) "
    r"(?:(?!but\b)[^,;]){0,25}?(?:eviden\w*|indicat\w+|suggest\w*|sign|hint|reason|proof|support\w*|signal|show\w*"
    r"|demonstrat\w+|confirm\w*|establish\w*|prov[ei]\w*)[^,;]{0,20}? that [^;,]{0,120}$",
    re.IGNORECASE,
)
"""That there is no proof is less than that the opposite was found."""

_NOT_AFTER = Guarded(
    "not|absent|unaffected|neither|below|unchanged|unaltered|stable| low|minimal|negligible|in no|by no|for no|among no"
    "|uncommon|rare|unlikely|infrequent|exception|extent|degree|no more|no higher|no greater|no worse|no different"
    "|similar|comparable|the same|seldom|equally|rarely|hardly",
    r"[^,;.]{0,25}?\b(?:(?:was|were|is|are|did|does|do|has|have|had|could|be) not"
    r"|(?:was|were|is|are) (?:absent|unaffected|neither)"
    r"|not (?:significant|observed|found|seen|detected|reported|different))\b"
    r"|[^,;.]{0,45}?\b(?:in|by|for|among) (?:none|no (?:patient|participant|case|one))\b"
    r"|(?: (?!and\b)\w+){0,2} (?:was|were|is|are|remains?|remained|appears?|appeared)(?: to be)?"
    r" (?:unchanged|unaltered|stable|(?:\w+ )?(?:low|minimal|negligible))\b"
    r"|[^,;.]{0,30}?\b(?:was|were|is|are) (?:(?:\w+ly )?(?:no (?:more|higher|greater|worse|different)"
    r"|(?:similar|comparable|the same) (?:to|between|across|in (?:both|all|either|the two)))"
    r"|(?:only )?rarely|seldom|hardly|equally \w+ in (?:both|all|either|the two))\b"
    r"|[^;.]{0,80}?\b(?:seem|appear|is|are|was|were)\w* (?:to be )?(?:\w+ly )?"
    r"(?:uncommon|rare|unlikely|infrequent|the exception)\b"
    r"| to (?:the same|an? (?:similar|comparable|equal)) (?:extent|degree)\b"
    r"|[^;.]{0,60}?\bbelow (?:the|any) (?:\w+ )?threshold\b",
)
"""What denies harm or improvement that is told before it."""

_LESSER = r" (?:\w+ly )?less (?:in|with|after|on|under|than)\b(?! (?:the )?(?:placebo|controls?|saline|vehicle|sham)\b)"

_LESS = Guarded(
    "less|lower|lowest|fewer|reduc|decreas|attenuat|prevent|alleviat|mitigat|amelior|revers|protect|diminish|avoid"
    "|minimi|limit|reliev|delay|rescu|abolish|improv|blunt|counteract|eliminat|normali",
    r"\b(?:less|lower(?:s|ed|ing)?|lowest|fewer|reduc\w+|decreas\w+|attenuat\w+|prevent\w*|alleviat\w+|mitigat\w+"
    r"|amelior\w+|revers\w+|protect\w+|diminish\w*|avoid\w*|minimi\w+|limit\w+|reliev\w+|delay\w*(?! recall| memory)"
    r"|rescu\w+"
    r"|abolish\w*|improv(?:e[sd]?|ing|ements? (?:in|of))|blunt\w*|counteract\w*|eliminat\w+|normali\w+)\b"
    r"(?:(?:(?!\b(?:was|were|is|are|and (?:\w+ed|made|had|took|did|showed?))\b)[^,;\"”]){0,60}"
    r"|[^,;\d]{0,40}(?:,(?: [^,;\d ]+){1,3}){1,3},? (?:and|or)(?: [^,;\d ]+){0,3} )$",
    re.IGNORECASE,
)
"""What lessens harm that is told after it."""

_LESS_AFTER = Guarded(
    "less|lower|fewer|reduced|decreased|attenuated|prevented|alleviated|mitigated|ameliorated|reversed|improved"
    "|diminished|resolved|delayed|rescued|declined|later than|higher|greater|more|abated|dropped|fell|waned|ceased"
    "|disappeared|vanished|receded|recovered|remitted|subsided|eased|came down|went down|placebo|sham|vehicle",
    r"[^,;.]{0,30}?\b(?:(?:was|were|is|are|be|been|had|have) (?:\w+ly |also |\w+ )?(?:less|lower|fewer|reduced"
    r"|decreased|attenuated|prevented|alleviated|mitigated|ameliorated|reversed|improved|diminished|resolved|delayed"
    r"|rescued)|decreased|declined|improved|resolved|diminished|later than"
    r"|abated|dropped|fell|waned|ceased|disappeared|vanished|receded|recovered|remitted|subsided|eased|came down"
    r"|went down)\b"
    r"|[^,;.]{0,30}?\b(?:control|placebo|comparison|saline)\b[^,;.]{0,30}?\b(?:higher|greater|more)\b"
    rf"|{_LESSER}"
    r"|(?:(?!\band\b)(?:[^,;.%]|\.\d)){0,40}?(?<!compared )(?<!comparison )(?<!than )\b(?:with|on|in|under) (?:the )?"
    r"(?:placebo|sham|vehicle)\b",
)
"""What lessens harm that is told before it, or leaves it to the controls."""

_IMPROVES_LESS = Guarded("less", _LESSER)
"""Improvement that is less than that of others."""

_BUT_NOT = re.compile(r",? (?:but|and|though|although) not (?!only\b)")
"""A contrast: "A but not B harms" denies no harm, "harms A but not B" denies that of B."""

_AT_FIRST = Guarded("baseline|initial|pre", r" (?:mean )?(?:baseline|initial|pre-?(?:treatment|morbid))\b")
"""What was there before is no finding."""

_FEW = Guarded(
    "only|just|merely|fewer than|less than|no more than",
    r"\b(?:only|just|merely|fewer than|less than|no more than) (?:about )?"
    r"(?:\d|one\b|two\b|three\b|four\b|five\b|an? (?:few|minority|quarter|third|fifth)\b)[^,;]{0,50}$",
    re.IGNORECASE,
)
"""What few had is none either."""

_EXPLAINED = Guarded(
    "practice|learning effect|regression|expectan",
    r"[^;.]{0,90}?\b(?:due|attribut\w+|reflect\w*|explained|accounted|owing|result of|artefact)\b[^;.]{0,30}?"
    r"\b(?:practice|learning effects?|regression to the mean|expectanc\w+|expectations?)\b",
    re.IGNORECASE,
)
"""Change that is explained away."""

_BRACKETS = re.compile(r"[^.;()\[\]]{0,60}(?:\.\d[^.;()\[\]]{0,60}){0,3}[(\[]([^()\[\]]{3,90})")
"""The statistic that follows in brackets: a probability, or the limits of an interval."""

_CHANCE = re.compile(r"\bp ?(?:=|>|≥) ?0?\.(\d+)", re.IGNORECASE)
_LIMITS = re.compile(r"([-−–]?\d+\.\d+)(?: ?(?:to|,|–|-) ?)([-−–]?\d+\.\d+)(?! ?%)\D{0,30}$")
_RATIO = re.compile(r"\b(?:[a-z]?[OHIR]R|SHR|ROR|ratio|odds|hazard)\b")

_THRESHOLD = re.compile(
    r" (?:than (?:or equal to )?(?:an? |one |\d|[≥<>=])|so\b|(?:end|third|pole|half|limbs?|extremit\w+|back)\b)"
)
"""What makes the wording before it part of a threshold or a place: "more than 6", "the lower end"."""

_OR_MORE = re.compile(r"\b(?:\d|one|two|three|four|five|six|ten|twice) or $", re.IGNORECASE)
"""What makes the wording after it part of a threshold: "six or more"."""

_BRIEF = r"\b(?:transient|brief|temporary|short-lived|acute|immediate)(?:ly)?\b"
"""Harm that passes is no lasting one; no wording of an effect's own, since those name it as what it is."""

_BRIEF_STEMS = "transient|brief|temporary|short-lived|acute|immediate"
_BRIEFLY = Guarded(_BRIEF_STEMS, rf"{_BRIEF}(?:,? (?:and )?\w+)?,? $", re.IGNORECASE)
_BRIEF_AFTER = Guarded(
    _BRIEF_STEMS,
    r"(?:[^,;.]{0,40}\b(?:was|were|is|are)\b[^,;.]{0,40}"
    rf"| (?:(?:an?|the|only|mild|some|occurrence of|increases? in) ){{0,3}}){_BRIEF}",
    re.IGNORECASE,
)

_RATE = r"(\d+(?:\.\d+)?) ?%(?! ?(?:CI|confidence|credib))"
_CONTROL = r"\b(?:placebo|controls?|saline|sham|vehicle|comparison|untreated|unexposed)\b"
_RATES = re.compile(
    rf"(?:({_CONTROL})[^%;]{{0,40}}?)?{_RATE}(\W*(?:for|in|on|with|of|among|under) [^%;\d]{{0,20}}?{_CONTROL})?"
    rf"([^%;]{{0,100}}?){_RATE}([^%;]{{0,40}}?{_CONTROL})?",
    re.IGNORECASE,
)
"""The rates of two groups; where neither is said to be of the controls, "12% vs. 30%" tells the subject's first."""

_LOSS = re.compile(r"less|lower|fewer|reduc|decreas|no longer", re.IGNORECASE)
"""Of "less time in the maze (21% vs. 38%)" and "no longer present (8% vs. 10%)" rates do not count the harm."""

_VERSUS = re.compile(r"\b(?:vs?\.|vs|versus|compared (?:with|to)|as against)")


def turned(finding: Finding, rank: int, wording: str, before: str, after: str) -> Finding:
    """What a wording that by itself tells this finding says where it stands, ``unclear`` where that is nothing.

    Args:
        finding: what it tells where nothing governs it.
        rank: ``OWN``, ``PLAIN`` or ``RELATIVE``.
        wording: its words.
        before: what stands before it in its clause.
        after: what stands after it there.
    """
    own = rank == OWN
    if _is_void(finding, own, before, after):
        return "unclear"
    if _is_unproven(before, after) or (not (own and finding == "worse") and _by_chance(after)):
        return "no-change"
    if _is_denied(finding, before, after):
        return "worse" if finding == "better" and own else "no-change"
    return _harm(rank, wording, before, after) if finding == "worse" else finding


def denies(before: str) -> bool:
    """Whether a mention after this part of its clause is itself denied: "no case of ..."."""
    return _DENIED.holds(before)


def may_deny(text: str) -> bool:
    """Whether anything in the text may deny a mention after it; much cheaper to ask than ``denies``."""
    return _DENIED.may_hold(text)


def past_contrast(before: str) -> str:
    """What stands before a wording, without a contrast that denies something else: "A but not B harms"."""
    return _BUT_NOT.sub("", before, count=1)


def _harm(rank: int, wording: str, before: str, after: str) -> Finding:
    """What harm comes to: improvement where there is less of it, nothing where it passes."""
    if rank != OWN and (_BRIEFLY.holds(before) or _BRIEF_AFTER.begins(after)):
        return "unclear"
    if rank == RELATIVE:
        return "worse"
    if _LESS.holds(before) or _LESS_AFTER.begins(after):
        return "better"
    return "better" if not _LOSS.search(wording) and _more_in_controls(before + after) else "worse"


def _is_void(finding: Finding, own: bool, before: str, after: str) -> bool:
    """Whether a wording tells nothing where it stands: a threshold, the state at first, "only two had"."""
    if not own and (_OR_MORE.search(before) or _THRESHOLD.match(after) or _AT_FIRST.begins(after)):
        return True
    if finding == "better" and _IMPROVES_LESS.begins(after):
        return True
    return (own or finding == "better") and _FEW.holds(before)


def _is_unproven(before: str, after: str) -> bool:
    """Whether a wording tells what was looked for in vain, or is explained away."""
    return _UNPROVEN.holds(before) or _EXPLAINED.begins(after)


def _is_denied(finding: Finding, before: str, after: str) -> bool:
    """Whether harm or improvement is denied by what stands around it."""
    if finding not in ("worse", "better"):
        return False
    return _NOT.holds(before if finding == "worse" else _JOINED.sub("", before)) or _NOT_AFTER.begins(after)


def _by_chance(after: str) -> bool:
    """Whether the first statistic in brackets after a wording says that there may be no difference."""
    brackets = _BRACKETS.match(after) if "(" in after or "[" in after else None
    if brackets is None:
        return False
    statistic = brackets[1]
    chance = _CHANCE.search(statistic)
    if chance:
        return float(f"0.{chance[1]}") >= SIGNIFICANT
    limits = _LIMITS.search(statistic)
    if not limits:
        return False
    low, high = (float(re.sub("[−–]", "-", limit)) for limit in limits.groups())
    return low < 0 < high or (low < 1 < high and _RATIO.search(statistic) is not None)


def _more_in_controls(clause: str) -> bool:
    """Whether of two rates that the clause tells the higher one is that of the controls."""
    rates = _RATES.search(clause) if clause.count("%") > 1 else None
    if rates is None:
        return False
    before, first, with_first, between, second, with_second = rates.groups()
    first_is_control = bool(with_first) or (bool(before) and not with_second)
    if not (first_is_control or with_second or _VERSUS.search(between)):
        return False
    return float(first) > float(second) if first_is_control else float(second) > float(first)
