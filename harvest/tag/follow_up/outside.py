"""Says which times are none of a study's: ages, intervals, times before it, of recruitment, illness, use, or a service.

The words around a time tell so. Others make it a follow-up even so: "followed for at least a year".
"""

from __future__ import annotations

import re

from harvest.tag.durations import LONGEST, UNITS
from harvest.tag.numbers import has
from harvest.tag.patterns import Guarded
from harvest.tag.reading import Sentence

_SEASON = 90.0
"""Days from which on a time of use is a habit, no course."""

_YEAR = UNITS["year"]

GIVEN = re.compile(
    r"infusion|treat|receiv|administ|dos(?:e|ing)|course|weekly|daily|twice|thrice|given|therapy|inject|intervention",
    re.IGNORECASE,
)
"""What tells that something was given over a time."""

FOLLOWED = re.compile(
    r"follow(?!ed an? )|monitor|assess|evaluat|observ|relaps|sustain|maintain|persist|remain", re.IGNORECASE
)
"""What tells that something was looked at over a time; "followed a course" does not."""

_SEEN = r"(?:seen|followed|assessed|evaluated|observed|monitored|tested|treated|received|given)\b"
"""What tells that an age has been told, and something else follows."""

_NO_BEFORE = Guarded(
    "age|years,|every|each|past|last|previous|prior|preceding|illness|history|older|younger|than|between|born|half-life"
    "|minimum of|abstinen|free for|duration|at least|stable|stored|open for|collected|accru|interval|separated by"
    "|washout|stay|recruit|spanning|experience of|onset|recent|since|apart|under|spaced by|timeframe|gestation"
    "|length of|±|+/-|+-|<|>|≥|≤",
    rf"\b(?:age|aged|ages)\b(?:(?! {_SEEN})[^.;]|\.\d){{0,30}}$|\byears,[^.;]{{0,6}}$"
    r"|\b(?:every|each|past|last|previous|prior|preceding)(?: about| approximately)? $|\b(?:previously|illness"
    r"|history|older|younger|than|between|born"
    r"|gestation\w*|half-life|minimum of|abstinen\w+"
    r"|(?<!symptom.)(?<!pain.)(?<!relapse.)(?<!seizure.)(?<!attack.)free for"
    r"|(?<!treatment )(?<!follow-up )duration(?! of (?:the )?(?:treat|therap|follow|observ|maint|dosing))(?: of)?"
    r"|stable|stored|open for|(?<!samples )(?<!samples were )collected (?:over|for|during)|accru\w+|for at least"
    r"|at least|interval\w*(?: of)?"
    r"|separated by|washout|stay|recruit\w* (?:over|in|for|during)|spanning|experience of|onset|recent"
    r"|since|apart(?!\))"
    r"|under|spaced by|timeframe of"
    r"|within (?:the )?(?:past|last)|length of)\b[^.;,]{0,16}$"
    r"|(?:±|\+/?-|(?<!for )(?<!up to )(?<!after )[<>≥≤]) ?$",
)
"""Words before a duration that make it an age, an interval or a time before the study."""

_DAYS_COUNTED = re.compile(r"(?!days)\w+ (?:\w+ )?days\b")
"""Days that are counted, not dated: drugs given "on two days"."""

_LATENCY = Guarded("latency|started|initiated|commenced", r"\b(?:latency|started|initiated|commenced)\b[^.;,]{0,16}$")
"""Words before a time that make it one at which something began, or until it did."""

_FOLLOWED_FOR = re.compile(
    r"\b(?:mean|median|average) (?:treatment|therapy|observation)(?: of)? $"
    r"|\bfollow[\w -]{0,30}(?:for|of|was|to|periods?|at least|minimum of|than|[(<>≥≤])[ (]{0,2}[<>≥≤]? ?$"
)
"""Words before a duration that make it a follow-up even so: "followed for at least"."""

_FOLLOW_UP = re.compile(r"[ -](?:of )?follow[- ]?up")
"""Words after it that do."""

_NO_AFTER = re.compile(
    r"(?: of|,)? (?:each|every|in between)\b|[ -](?:test-)?retest| (?:a|per|each|every) (?:day|week|month|year)\b"
    r"| of an? (?:[\w-]+ ){0,3}(?:clinic|service|program|registry|practice)| after (?:\w+ )?onset"
    r"|\)? ?(?:after|following) (?:the )?(?:each|every) (?:\w+ )?(?:session|treatment|dose|injection|block)"
    r"|\)?[ -](?:olds?\b|of age\b|age\b|gestation|pregnan|ago\b|before\b|prior\b|earlier\b|previous|preced|history"
    r"|apart\b|interval|washout|between\b|drug-free|medication-free|per\b|half|prevalence|window|diar|urin|recall"
    r"|trends?\b|since\b"
    r"|of (?:illness|education|experience|use\b|pregnancy|gestation|abstinence|age\b|research|onset|admission"
    r"|screening))"
    r"|[ -](?:[a-z-]+ ){1,2}(?:diar|chart|recall|urine coll)| of life\b"
    r"|,? we (?:audited|identified|collected|enrolled|recruited|reviewed|screened|registered|counted|surveyed|saw"
    r"|received)\b"
    r"| and [^.;,]{3,40} (?:in|during) the (?:following|next|second|last)\b"
    r"| of (?:[a-z]+ )?(?:posts|data|records|claims|messages|tweets|threads|calls|seizures|sampling|surveillance)\b"
    r"| ?\(\D{0,12}(?:19|20)\d\d ?(?:-|–|‐|to|and) ?(?:19|20)?\d\d\)|/|-item",
)
"""Words after a duration that make it an age, an interval, how often something is done, or what data span."""

_USING = Guarded(
    "us|addict|smok|suffer|diagnos|sniff|snort|inhaling|ingesting|consum|taking",
    r"\b(?:us(?:e|ed|ers?|ing)|(?:mis|ab)us\w+|addict\w+|smok\w+|suffer\w*|diagnos\w+|sniff\w+|snort\w+"
    r"|inhaling|ingesting|consum\w+|taking) [^.;,]{0,40}"
    r"(?:for|over|of|was|is) [^.;,]{0,10}$",
)
"""Words before a long time that make it one of use or of illness."""

_PRESCRIBED = re.compile(r"prescri|spray|lozenge|tablet|treatment|patients|adults who", re.IGNORECASE)
"""What tells that a drug is used as a medicine."""

_ILLICIT = re.compile(
    r"abus|illicit|recreation|street|heav|cocaine|users?\b|addict|depend|smok|diagnos|suffer", re.IGNORECASE
)
"""What tells that it is not, or that the time is one of illness, whatever else the sentence says."""

_AGED = re.compile(r"(?:\(|from |boys |girls |children |adults |women |men )[\d.]+ ?(?:to|-|–|and) ?$")
"""Words before the end of a range of years that make it one of ages: "children (1.5 to"."""

_ILL_FOR = Guarded(
    " for ",
    r"\bwith (?!a |an |follow|[^.;,]{0,50}(?:\bmg\b|\bmcg\b|[a-z]{2}ly\b))[^.;,]{2,50} for "
    r"(?:an? (?:mean|median) of |more than |over |at least )?$",
)
"""Words before a long time of illness: "adults with gout of one foot for"; a drug "with 2 mg daily for" is none."""

_RECRUITING = re.compile(r"\b(?:recruit\w*|enrol\w*|screened)\b([^.;]{0,90})$", re.IGNORECASE)
"""Words before a time over which people were sought, with what stands between; it may say what else was done."""

_PERIOD = re.compile(
    r"[ -](?:study |monitoring )?(?:period|span|interval)|,? ?\([^)]{0,30}\d{4}|,? (?:from|between) [\w ,]{0,12}\d{4}"
)
"""Words after a time that may make it one of which records were read: "period", "(2018-2022)"."""

_RECORDS = re.compile(
    r"\b(?:enrol|recruit|admitted|presenting|retrospective|records|identified|consecutive\b|database|registry|published"
    r"|search|literature|prevalence|fatalit|driver|seiz|review|reports|trend|cases|presentation|admission|questionnaire"
    r"|attend)",
    re.IGNORECASE,
)
"""What tells in the same sentence that they were."""

_VISITED = re.compile(r"(?:month|week|quarter|dai)ly (?:\w+ )?(?:for|over) $|\bwithin $")
"""Words before years in which something was done again and again, or within which it was: "seen monthly for"."""

_LASTING = re.compile(
    r"follow|later|after|post|long-term|maint|sustain|persist|up to|surviv|relaps|continu|extension|visit|retention"
    r"|exposure|longest|as long as|first to last|dosing|retreat|capacity|observation|duration of treat|in the course of"
    r"|(?:median|mean) treatment|lasted a",
    re.IGNORECASE,
)
"""What a sentence says that tells something over years."""

_KEPT_OVER = re.compile(
    r"\b(?:services?|cent(?:er|re)s?|regist(?:er|ry|ries)|databases?|hospitals?|departments?|region|country|city|state)"
    r" (?:over|during|in) (?:the |a period of )?$"
)
"""Words before a long time that make it one over which a place kept records."""

_AT_TIME = re.compile(
    r"\b(?:seen|assessed|evaluated|tested|measured|recorded|reviewed|scanned|interviewed|rated|remain(?:ed|s)|was|were"
    r"|well|sober|pain-free|symptom-free|in remission|examined)"
    r"[^.;()]{0,20} at [\d., ]*(?:and |or )?$|^at $|\bat an? (?:mean|median|average) of $|\bin the first $"
    r"|\bon (?:the |this )?(?:spray|drug|\w+s?) for (?:an? )?(?:mean|median|average) (?:of )?$"
)
"""Words before a long time that make it one at which something was seen, or over which something was given."""


def is_outside(sentence: Sentence, days: float, start: int, before: str, after: str) -> bool:
    """Whether a time is an age, an interval, or one before the study, of recruitment, of illness or of use.

    ``before`` and ``after`` are the words around it in its sentence, in small letters.
    """
    text = sentence.source
    if days > LONGEST or _NO_AFTER.match(after) or _LATENCY.holds(before):
        return True
    if before.endswith("on ") and _DAYS_COUNTED.match(text, start):
        return True
    if _NO_BEFORE.holds(before) and not _is_followed(before, after):
        return True
    if _is_recruiting(text[max(sentence.start, start - 110) : start]):
        return True
    if _PERIOD.match(after) and _RECORDS.search(text, sentence.start, sentence.end):
        return True
    return days >= _SEASON and _is_long_past(sentence, days, before)


def _is_followed(before: str, after: str) -> bool:
    """Whether the words around a duration make it a follow-up whatever else stands before it."""
    return _FOLLOW_UP.match(after) is not None or _FOLLOWED_FOR.search(before) is not None


def _is_recruiting(before: str) -> bool:
    """Whether people were recruited over a duration."""
    match = _RECRUITING.search(before) if has(before, ("ecruit", "nrol", "creened")) else None
    return match is not None and not GIVEN.search(match[1]) and not FOLLOWED.search(match[1])


def _is_long_past(sentence: Sentence, days: float, before: str) -> bool:
    """Whether a duration of a season or more is one of illness or use, an age, or what a field or a service lasted."""
    if _ILL_FOR.holds(before):
        return True
    if _USING.holds(before):
        return _is_habit(sentence)
    if days >= _YEAR and _AGED.search(before) and not FOLLOWED.search(before):
        return True
    text = sentence.source
    if _KEPT_OVER.search(before):
        return True
    if _AT_TIME.search(before):
        return False
    return days >= _YEAR and not _VISITED.search(before) and not _LASTING.search(text, sentence.start, sentence.end)


def _is_habit(sentence: Sentence) -> bool:
    """Whether the use that a sentence speaks of is none of a medicine."""
    text = sentence.source[sentence.start : sentence.end]
    return not _PRESCRIBED.search(text) or _ILLICIT.search(text) is not None
