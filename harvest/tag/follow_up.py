"""Reads after how many days the last outcome of a record is told.

Every duration in the record's own work is taken in turn: "at 6 weeks", "days 1, 3 and 7", "a 12-week course". Ages,
intervals, times before the study and times of recruitment are none. The longest counts; where a course and a time after
its end are told ("four weeks of treatment followed by 12 weeks") they are added up. Hours within the first day are 0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from harvest.model import Evidence
from harvest.tag.durations import LONGEST, UNITS
from harvest.tag.numbers import Number, evidence, figures, has
from harvest.tag.reading import Sentence
from harvest.tag.sentences import Role

_OTHER_WORK = frozenset({"excluded", "searched", "future"})
"""Cues of sentences that do not tell of what was found."""

_REVIEWS = frozenset({"design:meta-analysis", "design:systematic-review"})
"""What tells of the courses of others."""

_SURVEYS_OTHERS = frozenset({"design:review", "relevance:secondary"})
"""What tells of a survey of a field in which the subject is one of several: its times are those of other treatments."""

_WITHIN_HOURS = re.compile(r"\b(?:attacks?|crisis|crises)\b", re.IGNORECASE)
"""What is treated with doses that may be repeated within hours."""

_NO_SESSION = frozenset({"regimen:repeated-dose", "design:protocol"})
"""What tells of more than one day, or of times that are not those of outcomes."""

_SESSION = re.compile(
    r"\bduring (?:\S+ ){0,6}?(?:infusions?|scan(?:s|ning)?|sessions?|administration|treatment|test|recordings?"
    r"|perfusion|challenge|experiment|imaging|\w+ hours)\b"
    r"|\b(?:before|baseline),? (?:and )?during\b|\btest (?:days?|sessions?)\b"
    r"|\bpost-?(?:infusion|treatment|injection|administration|dos\w+)\b"
    r"|\b(?:end of|immediately after) (?:the |each )?infusions?\b"
    r"|\bPACU\b|\brecovery room\b|\bpost-?ana?esthe(?:sia|tic) care unit\b|\bemergence (?:agitation|delirium)\b",
    re.IGNORECASE,
)
"""What tells that outcomes were seen while a drug was given or just after."""

_NO_TIME = re.compile(r"1 ?H\b|1 ?min ?[-‐–−⁻]")
"""What looks like an hour or a minute and is none: an isotope, or a part of a rate."""

_SEASON = 90.0
"""Days from which on a time of use is a habit, no course."""

_DAYS = {
    "half": 182.0,
    "min": 1 / 1440,
    "h": 1 / 24,
    "d": 1.0,
    "morning": 1.0,
    "p": 1.0,
    "w": UNITS["week"],
    "mo": UNITS["month"],
    "y": UNITS["year"],
    "f": 14.0,
    "n": 1.0,
}
"""Days in a unit by how its name begins; p is a postoperative or postpartum day, f a fortnight, n a night."""

_YEAR = UNITS["year"]

_ROLES: frozenset[Role] = frozenset(
    {"title", "objective", "methods", "results", "conclusion", "statement", "background"}
)
_OWN: frozenset[Role] = frozenset({"title", "objective", "methods", "results"})
"""Roles of sentences that tell of the record's own work even where it seems to be a review."""

_WORDS = r"min(?:ute)?s?|h(?:ou)?rs?|h|days?|weeks?|wks?|months?|mos?|years?|yrs?|nights?"
_UNIT_AFTER = re.compile(
    rf"(?:st|nd|rd|th)?(?: ?(?:±|\+/?-) ?[\d.]+)? ?[-‐–]? ?"
    rf"(?:consecutive |full |additional |further |more |calendar |post-?\w+ |\+ )?"
    rf"({_WORDS}|(?-i:d))\b",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    r"\b(days?|weeks?|months?|years?|PODs?\)?|PPDs?)[ -]?$|\b(hours?|minutes?|min) $", re.IGNORECASE
)
_UNNUMBERED = re.compile(
    r"\b(?:an?|the|up to a) (day|week|month|year)(?=,? (?:after|later|following|post))"
    r"|\b(week|month|year)-long(?= (?:follow|treat|stud|trial|observ|course|maint))"
    r"|\bthe (?:next|following) (day|morning|week)\b|(?<=after )an? (day|week|month|year)\b(?! (?:of|on|in)\b)"
    r"|(?<=the first )(hour)\b"
    r"|\bthe (night|morning) (?:after|following) (?:the )?(?:infus|inject|surg|operat|dos)"
    r"|\b(?:an?|one|the first) (fortnight)\b|\b(half)[ -](?:a )?year\b"
)

_UNNUMBERED_PARTS = (
    "a day",
    "a week",
    "a month",
    "a year",
    "the day",
    "the week",
    "the month",
    "the year",
    "-long ",
    "next ",
    "the following ",
    "the night",
    "the morning",
    "fortnight",
    "half a year",
    "half-year",
    "half year",
    "first hour",
    "after a ",
)

_NO_UNIT = frozenset("),.;:%]/=")
"""After one of these a figure has no unit."""

_UNIT_SIGNS = frozenset("hHdD±+/-‐– ")
_STARTS = "mi mo we wk ye yr ni co fu ad ca po"
_UNIT_STARTS = frozenset(
    cased
    for start in _STARTS.split()
    for cased in (start, start.capitalize(), start.upper(), start[0] + start[1].upper())
)
"""What a unit, or what may stand before one, begins with after a blank."""

_ENDS = "ay ys ek ks th hs ar rs oD OD Ds ds PD pD ur es in D) s)"
_UNIT_ENDS = frozenset(ends for end in _ENDS.split() for ends in (end, end.capitalize(), end[0].upper() + end[1]))
"""The last letters of units."""

_LONGEST_LINK = 80
"""Characters beyond which no two figures are of one list."""

_LIST = re.compile(
    r"(?: ?\([^()]{1,40}\))?,? ?(?:(?:and|or|to|through|until) |, ?| ?[-–‐] ?|,? )(?:(?:day|week|month)s? )?",
    re.IGNORECASE,
)

_LISTED = re.compile(
    r"(?! ?(?:%|mg\b|patients|participants|subjects|individuals|women|men\b|children|\([\d.]+ ?%|of (?:the )?\d))"
)
"""What may follow a figure of a list of days, so that it is one."""

_NO_BEFORE = re.compile(
    r"\b(?:age|aged|ages)\b(?:[^.;]|\.\d){0,30}$|\byears,[^.;]{0,6}$"
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

_LATENCY = re.compile(r"\b(?:latency|started|initiated|commenced)\b[^.;,]{0,16}$")

_NO_BEFORE_PARTS = (
    *(
        "age",
        "years,",
        "every",
        "each",
        "past",
        "last",
        "previous",
        "prior",
        "preceding",
        "illness",
        "history",
        "older",
    ),
    *(
        "younger",
        "than",
        "between",
        "born",
        "half-life",
        "minimum of",
        "abstinen",
        "free for",
        "duration",
        "at least",
        "stable",
        "stored",
        "open for",
        "collected",
        "accru",
    ),
    *(
        "interval",
        "separated by",
        "washout",
        "stay",
        "recruit",
        "spanning",
        "experience of",
        "onset",
        "recent",
        "since",
    ),
    *("apart", "under", "spaced by", "timeframe", "gestation", "length of", "±", "+/-", "+-", "<", ">", "≥", "≤"),
)
"""One of these stands in all of them."""

_LATENCY_PARTS = ("latency", "started", "initiated", "commenced")
_THEN_PARTS = ("follow", "additional", "further", "subsequent", "another", "then ")
_PHASE_PARTS = ("maintenance", "continuation", "extension", "withdrawal")
_COURSE_PARTS = ("over", "for", "during", "across", "lasted", "period of", "duration of")

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
"""Words after it that do."""

_USING = re.compile(
    r"\b(?:us(?:e|ed|ers?|ing)|(?:mis|ab)us\w+|addict\w+|smok\w+|suffer\w*|diagnos\w+|sniff\w+|snort\w+"
    r"|inhaling|ingesting|consum\w+|taking) [^.;,]{0,40}"
    r"(?:for|over|of|was|is) [^.;,]{0,10}$",
)
_USING_PARTS = (
    "us",
    "addict",
    "smok",
    "suffer",
    "diagnos",
    "sniff",
    "snort",
    "inhaling",
    "ingesting",
    "consum",
    "taking",
)
"""One of these stands in all of them."""

_PRESCRIBED = re.compile(r"prescri|spray|lozenge|tablet|treatment|patients|adults who", re.IGNORECASE)
_ILLICIT = re.compile(
    r"abus|illicit|recreation|street|heav|cocaine|users?\b|addict|depend|smok|diagnos|suffer", re.IGNORECASE
)
"""What tells that a drug is used as a medicine, or that it is not."""

_AGED = re.compile(r"(?:\(|from |boys |girls |children |adults |women |men )[\d.]+ ?(?:to|-|–|and) ?$")
_ILL_FOR = re.compile(
    r"\bwith (?!a |an |follow|[^.;,]{0,50}(?:\bmg\b|\bmcg\b|[a-z]{2}ly\b))[^.;,]{2,50} for "
    r"(?:an? (?:mean|median) of |more than |over |at least )?$"
)
_RECRUITING = re.compile(r"\b(?:recruit\w*|enrol\w*|screened)\b([^.;]{0,90})$", re.IGNORECASE)
_RECORDS = re.compile(
    r"\b(?:enrol|recruit|admitted|presenting|retrospective|records|identified|consecutive\b|database|registry|published"
    r"|search|literature|prevalence|fatalit|driver|seiz|review|reports|trend|cases|presentation|admission|questionnaire"
    r"|attend)",
    re.IGNORECASE,
)
_VISITED = re.compile(r"(?:month|week|quarter|dai)ly (?:\w+ )?(?:for|over) $|\bwithin $")

_PERIOD = re.compile(
    r"[ -](?:study |monitoring )?(?:period|span|interval)|,? ?\([^)]{0,30}\d{4}|,? (?:from|between) [\w ,]{0,12}\d{4}"
)
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

_SINCE = re.compile(
    r"[ -]?(?:after|post\w*|following|later|from (?:the )?(?:start|end|infusion|injection|administration)"
    r"|of (?:surgery|infusion|administration)|time ?points?|follow-?up)",
)
_AT = re.compile(
    r"\b(?:at|after|until|till|up to|within|first|through|initial|next|subsequent|t|minute|min|hours?|to"
    r"|(?:monitor|follow|observ|assess|record|measur|evaluat|scor|chart|collect|sampl|drawn)\w* [^.;]{0,25}"
    r"(?:for|over|during))\W*"
    r"(?:the )?(?:first |subsequent )?(?:approximately |about )?[\d,. ]*(?:and |to |or |[-–])?$",
)
_MEASURED = re.compile(
    r"\b(?:record|measur|assess|monitor|scor|rated|evaluat|repeated)\w*[^.;,]{0,25} (?:every|at) $"
    r"|\b(?:analgesia|blocks?|effects?|relief|sedation|symptoms|anaesthesia|anesthesia)\b[^.;,]{0,20} lasted $"
    r"|\b(?:short|brief|transient)\w*,? ?[(\[]?<? ?$"
)
"""Words before minutes or hours in which something was looked at again and again, or an effect was felt."""

_DOSING = re.compile(
    r"[ -](?:infusion|injection|bolus|period|session|intravenous|iv\b|i\.v|before|prior|preoperative|constant|test|dose"
    r"|shift|interval|drive|recall|treatment|after (?:child|birth|induc|intub|inject|oral))",
)
"""Words after minutes and hours over which something is given."""

_DOSED = re.compile(
    r"\b(?:injected|administered|given|received|started|ended|bolus|infused|lasting|lasted)\b(?:[^,;.()]|\.\d){0,30}$"
)
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
_FURTHER = re.compile(r" (?:additional|further|more) ", re.IGNORECASE)
"""Words within a time that tell that it follows another: "three further months"."""

_PAST_THE_LAST = re.compile(
    r"[ -]?(?:after|following|from|beyond|past) (?:the |their |his |her )?(?:[\w-]+ )?(?:last|final)\b"
)
"""Words after a time that make it one after a course even where both are equally long."""

_LATER_PHASE = re.compile(
    r"\b(?:maintenance|continuation|extension|withdrawal)(?: (?:phase|period|part|treatment|therapy|dosing))?"
    r"(?: (?:lasted|lasting|ran|went on|was|of|for|over|until|up to|weekly|fortnightly|monthly|an?|about)){1,4} $"
)
"""Words before a time that make it that of a phase after the first course."""

_THEN = re.compile(
    r"\b(?:followed (?:up )?by|additional|further|subsequent|following|another"
    r"|then (?:\w+ )?(?:seen|followed|observed|monitored|assessed) (?:up )?for"
    r"|follow-?up (?:of|for|period of|at)|then|(?:responders|remitters|responded|remitted) (?:were )?(?:\w+ )?"
    r"(?:followed|monitored|observed)[^.;,]{0,40}? for) "
    r"(?:an? |the |of |for )?(?:\w+ )?(?:up to )?$",
)
_COURSE_AFTER = re.compile(
    r"[ -](?:course|(?!post|after|following|of )(?:\w+ )?(?:treatment|therapy)|of (?!(?:the )?(?:follow|observ|end))"
    r"|double-blind|open-label|acute|induction|program|twice|intervention|regimen)",
)
_COURSE_BEFORE = re.compile(
    r"\b(?:over|for|during|across|lasted|period of|duration of)"
    r"(?: an?| the| up to| about| approximately| [\w.]+ ?(?:to|-|–))? ?$",
)
_GIVEN = re.compile(
    r"infusion|treat|receiv|administ|dos(?:e|ing)|course|weekly|daily|twice|thrice|given|therapy|inject|intervention",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    r"follow(?!ed an? )|monitor|assess|evaluat|observ|relaps|sustain|maintain|persist|remain", re.IGNORECASE
)

_OF_OTHERS = re.compile(r"\b(?:studies|trials|reports|reviews|evidence|findings|data)\b")
"""What a background speaks of that tells of the work of others."""

_WISHED = re.compile(r"\b(?:would (?:require|need|have to)|(?:is|are) (?:needed|warranted|required)|powered)\b")
"""What a conclusion says of studies to come."""

_HISTORY = re.compile(
    r"\b(?:present(?:ed|s|ing) (?:to|with|complain)|histor|complain|began|onset|deploy|first admi)", re.IGNORECASE
)

_Kind = Literal["outcome", "after", "then", "course"]


class _Time(NamedTuple):
    """A duration in days that ``start:end`` of a sentence's section tells.

    ``kind`` tells what it is: how long a course took, how long after its end something was seen, or neither.
    """

    days: float
    start: int
    end: int
    kind: _Kind
    sentence: Sentence


def read(reading: Sequence[Sentence], signals: Collection[str]) -> Number | None:
    """The days from the first dose to the last outcome, ``None`` where the record states none."""
    if _SURVEYS_OTHERS.issubset(signals):
        return None
    protocol, roles = "design:protocol" in signals, _OWN if "design:review" in signals else _ROLES
    own = [one for one in reading if one.role in roles and _is_own(one, protocol)]
    told = [(one, *time) for one in own for time in _durations(one)]
    days = [time for time in told if time[1] >= 1]
    hours = [time for time in told if time[1] < 1]
    times = _times(days, signals) or [*_times(hours, signals), *_in_session(own, hours, signals)]
    last = _last(times) if times else None
    if last is None or last.value > 1 or not _are_many_doses(signals):
        return last
    return last if last.value == 0 and _tells(_WITHIN_HOURS, own) else None


def _are_many_doses(signals: Collection[str]) -> bool:
    """Whether the study gave doses over days: hours after one of them do not tell how long people were seen.

    Doses that stop an attack may follow each other within hours.
    """
    return "regimen:repeated-dose" in signals and "regimen:single-dose" not in signals and _REVIEWS.isdisjoint(signals)


def _tells(pattern: re.Pattern[str], sentences: Iterable[Sentence]) -> bool:
    return any(pattern.search(one.source, one.start, one.end) for one in sentences)


def _in_session(
    own: Iterable[Sentence], hours: Iterable[tuple[Sentence, float, int, int]], signals: Collection[str]
) -> list[_Time]:
    """The minutes and hours of an experiment with one dose in which all was seen in one session."""
    if "regimen:single-dose" not in signals or not _NO_SESSION.isdisjoint(signals):
        return []
    if not _tells(_SESSION, own):
        return []
    told = [_Time(days, start, end, "outcome", one) for one, days, start, end in hours]
    return [time for time in told if not _NO_TIME.match(time.sentence.source, time.start)]


def _times(durations: Iterable[tuple[Sentence, float, int, int]], signals: Collection[str]) -> list[_Time]:
    """Those of the durations that tell of the study."""
    kinds = ((_kind(*duration), duration) for duration in durations)
    times = [_Time(days, start, end, kind, sentence) for kind, (sentence, days, start, end) in kinds if kind]
    if not _REVIEWS.isdisjoint(signals):
        return [time for time in times if time.kind != "course"]
    if "design:case-report" in signals:
        return [time for time in times if not _is_history(time)]
    return times


def _is_history(time: _Time) -> bool:
    """Whether a time is told of a patient's history rather than of what came of the treatment."""
    return _HISTORY.search(time.sentence.source, time.sentence.start, time.end + 60) is not None


def _is_own(sentence: Sentence, protocol: bool) -> bool:
    """Whether the sentence tells of the record's own work."""
    role, cues = sentence.role, sentence.cues
    if not _OTHER_WORK.isdisjoint(cues):
        return False
    if role == "conclusion":
        return "elsewhere" not in cues and not _WISHED.search(sentence.source, sentence.start, sentence.end)
    if role != "background":
        return True
    if "elsewhere" in cues or not (protocol or "methods" in cues or "results" in cues):
        return False
    return _OF_OTHERS.search(sentence.source, sentence.start, sentence.end) is None


def _last(times: Sequence[_Time]) -> Number:
    """The longest of the times, or a course and the time after it; all that come to the same are evidence."""
    told = [*((time,) for time in times), *_with_courses(times)]
    days = [_whole(sum(time.days for time in one)) for one in told]
    last = max(days)
    return Number(last, _evidence(time for one, sum_ in zip(told, days, strict=True) if sum_ == last for time in one))


def _whole(days: float) -> int:
    """Whole days; hours within the first day are none."""
    return round(days) if days >= 1 else 0


def _evidence(times: Iterable[_Time]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence(time.sentence, time.start, time.end) for time in times))


def _with_courses(times: Sequence[_Time]) -> Iterator[tuple[_Time, ...]]:
    """Each time after the end of a course with that course: the last one told before it, else the first one after it.

    A course as long as the time after it is the same time told twice, unless the words say that one follows the other.
    """
    courses = [(place, time) for place, time in enumerate(times) if time.kind == "course"]
    for place, after in enumerate(times if courses else ()):
        if after.kind in ("after", "then"):
            fit = [(at, time) for at, time in courses if time.days != after.days or after.kind == "then"]
            before = [time for at, time in fit if at < place]
            yield from ((course, after) for course in before[-1:] or [time for _, time in fit[:1]])


def _durations(sentence: Sentence) -> list[tuple[float, int, int]]:
    """Every duration in the sentence in days, with its start and end: "6 weeks", "day 7", each of "days 1, 3 and 7"."""
    text, since, until = sentence.source, sentence.start, sentence.end
    found = _unnumbered(text, since, until) if _may_be_unnumbered(text) else []
    unit, begin, end = 0.0, 0, -1
    for value, start, stop, ordinal in figures(text, since, until):
        if match := _unit_after(text, stop):
            if ordinal and match[1].endswith("s"):
                continue
            found.append((value * _unit(match[1]), start, match.end()))
            continue
        if before := _unit_before(text, since, start):
            unit, begin = _unit(before[1] or before[2]), before.start()
        elif end < 0 or start - end > _LONGEST_LINK or not _is_listed(text, end, start):
            continue
        if not ordinal and _LISTED.match(text, stop):
            end = stop
            found.append((value * unit, begin, end))
    return found


def _is_listed(text: str, end: int, start: int) -> bool:
    """Whether two figures are of one list: "days 1, 3 and 7", but not "by month 6 and seven had relapsed"."""
    return text[end - 1].isdigit() is text[start].isdigit() and _LIST.fullmatch(text, end, start) is not None


def _unit_after(text: str, at: int) -> re.Match[str] | None:
    following = text[at : at + 3]
    first = following[:1]
    if first in _NO_UNIT or (first == " " and following[1:2] not in _UNIT_SIGNS and following[1:] not in _UNIT_STARTS):
        return None
    return _UNIT_AFTER.match(text, at)


def _unit_before(text: str, since: int, at: int) -> re.Match[str] | None:
    leading = text[max(since, at - 3) : at]
    if leading[-2:] in _UNIT_ENDS or leading[:2] in _UNIT_ENDS:
        return _UNIT_BEFORE.search(text, max(since, at - 9), at)
    return None


def _unnumbered(text: str, start: int, end: int) -> list[tuple[float, int, int]]:
    """The durations told without a number: "a year after it", "a year-long follow-up", "the next day"."""
    return [(_unit(match[match.lastindex or 0]), *match.span()) for match in _UNNUMBERED.finditer(text, start, end)]


@lru_cache(maxsize=16)
def _may_be_unnumbered(text: str) -> bool:
    return has(text, _UNNUMBERED_PARTS)


@cache
def _unit(name: str) -> float:
    """The days in a unit."""
    name = name.lower()
    return next(days for beginning, days in _DAYS.items() if name.startswith(beginning))


def _kind(sentence: Sentence, days: float, start: int, end: int) -> _Kind | None:
    """What a duration is, ``None`` where it is none of the study's."""
    before = sentence.source[max(sentence.start, start - 60) : start].lower()
    after = sentence.source[end : min(sentence.end, end + 60)].lower()
    if days < 1 and _MEASURED.search(before):
        return "outcome"
    if days > LONGEST or _is_elsewhere(sentence, days, start, before, after):
        return None
    if days < 1:
        return "outcome" if "±" not in sentence.source[start:end] and _is_seen_at(before, after) else None
    if _FURTHER.search(sentence.source, start, end) or (has(before, _THEN_PARTS) and _THEN.search(before)):
        return "then"
    if _PAST_THE_LAST.match(after):
        return "then"
    if _END.match(after) or (has(before, _PHASE_PARTS) and _LATER_PHASE.search(before)):
        return "after"
    return "course" if _is_course(sentence, start, before, after) else "outcome"


def _is_course(sentence: Sentence, start: int, before: str, after: str) -> bool:
    """Whether something was given over a duration, rather than seen at or after it."""
    if _SINCE.match(after) or before.endswith("at ") or sentence.source.startswith("the ", start):
        return False
    if _COURSE_AFTER.match(after):
        return True
    if not has(before, _COURSE_PARTS) or not _COURSE_BEFORE.search(before) or _FOLLOWED.search(before):
        return False
    given = sentence.source[max(sentence.start, start - 120) : start].lower() + after[:40]
    return _GIVEN.search(given) is not None


def _is_elsewhere(sentence: Sentence, days: float, start: int, before: str, after: str) -> bool:
    """Whether the words around a duration make it an age, an interval, or a time before the study or of recruitment."""
    text = sentence.source
    if _NO_AFTER.match(after) or (has(before, _LATENCY_PARTS) and _LATENCY.search(before)):
        return True
    if before.endswith("on ") and _DAYS_COUNTED.match(text, start):
        return True
    if has(before, _NO_BEFORE_PARTS) and _NO_BEFORE.search(before) and not _is_followed(before, after):
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
    return match is not None and not _GIVEN.search(match[1]) and not _FOLLOWED.search(match[1])


def _is_long_past(sentence: Sentence, days: float, before: str) -> bool:
    """Whether a duration of a season or more is one of illness or use, an age, or what a field or a service lasted."""
    if " for " in before and _ILL_FOR.search(before):
        return True
    if has(before, _USING_PARTS) and _USING.search(before):
        return _is_habit(sentence)
    if days >= _YEAR and _AGED.search(before) and not _FOLLOWED.search(before):
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


def _is_seen_at(before: str, after: str) -> bool:
    """Whether something was seen at these minutes or hours, rather than given over them."""
    if _DOSING.match(after) or _DOSED.search(before):
        return False
    if _SINCE.match(after):
        return True
    return _AT.search(before) is not None
