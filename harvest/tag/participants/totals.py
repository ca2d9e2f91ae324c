"""Reads how many people a record's results rest on.

What is done with the people that are counted tells what a count is worth: those who were randomised or enrolled come
first, then those who were studied, treated or analysed; those who responded, withdrew or were screened are a part of
them, or too many. A report of single people rests on as many as it gives an age of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from harvest.model import Evidence
from harvest.tag.numbers import Number, evidence, has
from harvest.tag.participants.counts import Count, Kind, counts_in
from harvest.tag.participants.groups import COMPARISON, groups_of, is_shared_out, runs, whole
from harvest.tag.reading import Sentence
from harvest.tag.sentences import LONGEST, Role

_ENOUGH = 1.6
"""What a count must be worth."""

_WEIGHT: dict[Role, float] = {
    "title": 1.0,
    "objective": 1.0,
    "methods": 1.5,
    "results": 1.0,
    "conclusion": 0.0,
    "statement": 0.5,
    "background": 0.5,
}
"""What a count is worth by the role of its sentence alone."""

_OWN: frozenset[Role] = frozenset({"title", "objective", "methods", "results"})
"""Roles of sentences that tell of the record's own work even where it seems to be a review."""

_SHARE = re.compile(r" ?\([\d.,]+ ?%[),;]")

_DESCRIBED = re.compile(
    r" ?[(\[](?:[\d.,]+ ?%? ?(?:were )?(?:wom[ea]n|m[ea]n|males?|females?|girls|boys)\b|(?:mean|median|average)"
    r" (?:[(\[]?SD[)\]]? )?age|aged? |fe?male)"
)
"""What tells of sex and age in brackets after a count: it is that of a sample."""

_CONTROLLED = re.compile(r"\bcontrols?\b|\bhealthy\b", re.IGNORECASE)

_CONTROL_GROUP = re.compile(
    r"\b(?:matched|control|comparison|reference) (?:group|cohort|set|sample) (?:comprised|consisted of|included|of) $",
    re.IGNORECASE,
)

_NAMED_CONTROLS = re.compile(
    r"(?:\bcontrols|\b(?:control|comparison|unexposed|untreated|reference) (?:[\w-]+ )?"
    r"(?:subjects|participants|volunteers|individuals|people|women|men|children|siblings|peers)) \($"
)
"""Words before "(n = 25)" that make it the number of a group for comparison."""

_COMPARED_TO = re.compile(
    r"\b(?:compared|contrasted) (?:with|to|against) (?:(?:the )?(?:data|those|that|records|results|outcomes|figures)"
    r" (?:from|of|in|for) )?$"
)
"""Words before a count that make it that of a group for comparison."""

_COMPARED_WITH = re.compile(
    r"\b(?:matched|compar\w+|controls?|unexposed|reference|referents|never-\w+)\b", re.IGNORECASE
)
"""Words for a group that is there for comparison only."""

_HEALTHY = re.compile(r"\b(?:healthy|unaffected|matched)\b")

_INDEX = 2.5
"""What a count must be worth to be that of the people with whom a group is compared."""

_MATCHED_TO = re.compile(
    r"\b(?:was|were) (?:individually |closely |each )?(?:propensity[ -](?:score[ -])?)?matched\b[^.;]{0,100}\($",
    re.IGNORECASE,
)
"""Words before "(N = 90)" that make it the number of those to whom others were matched."""

_FIRST = re.compile(
    r"\b(?:first|initial)\b|\b(?i:study|experiment|trial|cohort|part|arm) (?:1|I|A|one)\b|-1\b", re.IGNORECASE
)

_SECOND = re.compile(
    r"\b(?:second|replication)\b|\b(?i:study|experiment|trial|cohort|part|arm) (?:2|II|B|two)\b|-2\b", re.IGNORECASE
)

_ENROLLED_WORDS = """
    randomis randomiz randomly allocated assigned enrol recruit cohort_of cohort_( sample_( population_( included
    inclusion compris consist encompass participat consecutive pooled involv in_all, series_of entered entering
    took_part overall sample_of sample_size_of sample_comp sample_incl total_of in_total total_sample a_total
    total_number total_n totalling totaling
"""
_ENROLLED = tuple(part.replace("_", " ") for part in _ENROLLED_WORDS.split())
_INCLUDING = ("include ", "including ")

_STUDIED = re.compile(
    r"\b(?:stud|assess|analy[sz]|evaluat|examin|investigat|compar|receiv|underwent|undergo|given|gave|administer|treated"
    r"|with\b|who\b|complet|tested|measured|scanned|aged|mean age|data|commenc|started|began|initiat|retrospective"
    r"|scheduled|divided|obtained|collected|identified|survey|interview|trial|answered|questionnaire|in $)"
)

_RANDOMISED = re.compile(r"randomi[sz]ed|randomly")

_PART = re.compile(
    r"\b(?<!who )(?<!that )(?<!not )(?<!who had )"
    r"(?:respond(?:ed|ing)|remitted|relapsed|achieved|experienced|developed|showed"
    r"|required|died|improved|report(?:ed|s?)\b|withdrew|withdrawn|dropped|discontinued|screened|approached|excluded"
    r"|declined|refused|lost|did not|attempted|maintained|complained|met (?:the )?(?:resp|remi|crit)|became|returned"
    r"|reached|failed|continued|demonstrated|displayed|exhibited|in remission|felt|needed|made an? initial|suffered)"
)

_LATER = re.compile(
    r" (?:[\w-]+ ){0,3}who (?:carried on|went on|stayed|continued|remained|returned|entered|agreed|chose|responded"
    r"|remitted|had (?:ever |previously |already )?(?:taken|used|tried|responded))\b"
)
"""Words after a count that make it that of those who were left for another part of the study."""

_PART_BEFORE = re.compile(
    r"(?:\b(?:sub-?set|sub-?sample|sub-?group|additional)\b[^.]{0,40}|\bof (?:whom|which|these|them|those)|\bexcl\w+"
    r"|\bonly"
    r"|\ball but|\bremaining|\bscreen\w*|\banother|\badditional|\bin the other|\b(?:occurred|observed|seen|found|noted"
    r"|present|reported|detected|effective|used|achieved) (?:in|by)|\bnot|\bthan|\btarget|\bmillion|\blimit\w*|\bfewer"
    r"|\bin one of|\b(?:1|one) in"
    r"|\b(?:showed|revealed|disclosed|rose|climbed|resolved|recurred)\b[^.;]{0,60} in) ?\(?$",
)

_PART_PARTS = ("sub", "additional", "excl", "screen", "limit")
_PART_ENDS = (
    *("whom", "which", "these", "them", "those", "only", "all but", "remaining", "another", "in the other", " in"),
    *(" by", "not", "than", "target", "million", "fewer", "one of"),
)
"""It has one of the first in it, or ends on one of the second."""

_WHOLE_AFTER = re.compile(
    r"[\w -]{0,30},? (?:of|among) (?:whom|which|these)\b|[\w -]{0,20} (?:in all|together|in total|altogether)\b"
)

_WHOLE_PARTS = (" whom", " which", " these", " all", "together", " total")

_PLACES = re.compile(
    r"\b(?:clinics|hospitals|cent(?:er|re)s|practices|sites|samples|procedures|records|articles|studies)\b"
)

_SHARE_BEFORE = re.compile(r"\w ?[(\[][\d.]+ ?%[)\]] of (?:the )?$")

_OF_BEFORE = re.compile(r"\b(?:of|among|out of|amongst)(?: the| these| all| our| a total of)? $")

_OF_ENDS = ("of ", "among ", "amongst ", "the ", "these ", "all ", "our ")

_REPORTED = re.compile(r"\b(?:reports?|presents?|describes?|series|cases?)\b")

_REPORTED_AFTER = re.compile(r" (?:are|were|is|was) (?:described|presented|reported)\b")

_STUDIES = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|rcts?|reports?|articles?|papers?|publications?|comparisons|literature)\b",
)

_POOLED = re.compile(
    r"(?:\b(?:trials|studies|rcts|reports|articles|cohorts)\W{1,3}(?:with |and )?|\b(?:total|sample(?: size)?|involving"
    r"|including|compris\w+|enroll?ing|encompassing|representing|totall?ing|with"
    r"|yielding)(?: of)?(?: a total of)? )[(\[]?$",
)

_COUNTED_STUDIES = re.compile(
    r"(?:\d|-one|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty)) (?:[\w-]+ ){0,4}"
    r"(?:studies|trials|rcts|articles|reports)\W{1,3}$",
)

_OLD = re.compile(r"(?<![\d.])\d{1,3}[- \xa0‐]?(?:years?|yrs?|y|months?|weeks?|days?)[- ‐]?old\b", re.IGNORECASE)

_ONE_BEFORE = re.compile(r"\ban? ?$", re.IGNORECASE)

_RANGE_BEFORE = re.compile(r"(?:to|-|–|and|aged|than|[<>≥≤]) ?$")

_PATIENT = re.compile(
    r"\b(?:an?|the|our|this) (?:[\w-]+,? ){0,8}?(?:patient|man|woman|boy|girl|male|female|child|veteran|infant"
    r"|nurse|student|physician|soldier|teenager|toddler|neonate|newborn|person)\b",
    re.IGNORECASE,
)

_REVIEWS = frozenset({"design:meta-analysis", "design:systematic-review"})

_Span = tuple[Sentence, int, int]


class _Total(NamedTuple):
    """What one count or several side by side come to, what it is worth, and what tells it.

    ``alone`` is what they would come to if the text told no other count: "50 each" is 150 in three groups.
    """

    worth: float
    value: int
    alone: int
    sentence: Sentence
    counts: tuple[Count, ...]

    @property
    def spans(self) -> list[_Span]:
        return [(self.sentence, count.start, count.end) for count in self.counts]

    @property
    def context(self) -> str:
        """What stands around the total."""
        start = max(self.sentence.start, self.counts[0].start - 120)
        return self.sentence.source[start : min(self.sentence.end, self.counts[-1].end + 60)]


def read(reading: Sequence[Sentence], signals: Collection[str]) -> Number | None:
    """The number of participants, ``None`` where the record states none."""
    sentences = [sentence for sentence in _passages(reading) if sentence.role in _WEIGHT]
    counted = [(sentence, counts) for sentence in sentences if (counts := counts_in(sentence))]
    totals = [total for sentence, counts in counted for total in _totals(sentence, counts, signals)]
    best = max(totals, key=lambda total: total.worth, default=None)
    if best is not None and _is_enough(best, signals):
        return _number(best, _rest(best, totals), totals)
    return _single(sentences, report="design:case-report" in signals)


def _is_enough(best: _Total, signals: Collection[str]) -> bool:
    """Whether a total is that of the record; what a narrative review says of others' studies is not."""
    if best.worth < _ENOUGH or (best.value == 1 and "design:case-report" not in signals):
        return False
    return "design:review" not in signals or best.sentence.role in _OWN


def _passages(reading: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences, those put together that only a semicolon parts."""
    last: Sentence | None = None
    for sentence in reading:
        if last and last.section == sentence.section and _goes_on(last, sentence):
            last = replace(last, end=sentence.end)
            continue
        if last:
            yield last
        last = sentence
    if last:
        yield last


def _goes_on(last: Sentence, sentence: Sentence) -> bool:
    """Whether only a semicolon parts two sentences; together they are no longer than one may be."""
    return last.source.find(";", last.end - 2, last.end) >= 0 and sentence.end - last.start <= LONGEST


def _number(best: _Total, rest: _Total | None, totals: Iterable[_Total]) -> Number:
    """The number that the best total tells, with the rest of the people where another sentence tells it.

    Every other mention of the same total is evidence too.
    """
    told = [best] if rest is None else [best, rest]
    spans = [span for total in told for span in total.spans]
    number = sum(total.value for total in told)
    values = {number, *(total.value for total in told)}
    same = [total for total in totals if not values.isdisjoint((total.value, total.alone)) and total not in told]
    return Number(number, _evidence([*spans, *(span for total in same for span in total.spans)]))


def _evidence(spans: Iterable[_Span]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence(*span) for span in spans))


def _rest(best: _Total, totals: Sequence[_Total]) -> _Total | None:
    """The total of the people whom the best total leaves out: a second study or group, or the controls."""
    others = [total for total in totals if _is_apart(best, total)]
    alike = [total for total in others if total.worth > _ENOUGH and total.sentence.role == best.sentence.role]
    for this, that in ((_FIRST, _SECOND), (_SECOND, _FIRST)) if alike else ():
        if this.search(best.context) and not that.search(best.context):
            for total in alike:
                if that.search(total.context):
                    return total
    if _is_of_controls(best) and (index := _index_group(best, others)):
        return index
    controls = next((total for total in others if _is_of_controls(total)), None)
    if controls and _CONTROLLED.search(best.sentence.source, best.sentence.start, best.sentence.end):
        return None
    return controls


def _is_apart(one: _Total, other: _Total) -> bool:
    """Whether two totals are told in two sentences, or in two that only a semicolon parts."""
    if one.sentence is not other.sentence:
        return True
    first, second = sorted((one.counts, other.counts), key=lambda counts: counts[0].start)
    return first[0].depth == second[0].depth and one.sentence.source.find("; ", first[-1].end, second[0].start) >= 0


def _index_group(controls: _Total, others: Iterable[_Total]) -> _Total | None:
    """The people with whom a group for comparison is compared, where they are told of on their own."""
    text = controls.sentence.source
    if not _COMPARED_WITH.search(text, controls.counts[0].start, controls.counts[-1].end):
        return None
    own = [total for total in others if total.worth > _INDEX and not _is_of_controls(total)]
    return max(own, key=lambda total: total.worth, default=None)


def _is_of_controls(total: _Total) -> bool:
    own = total.sentence.role in ("methods", "results", "statement")
    if not own or len(total.counts) > 1:
        return False
    text, count = total.sentence.source, total.counts[0]
    return _are_controls(text, count) or _names_controls(text, count, surely=total.worth <= 0)


def _names_controls(text: str, count: Count, *, surely: bool = False) -> bool:
    """Whether a count's own words name a group for comparison, ``surely`` where they name no other people."""
    return (_HEALTHY if surely else COMPARISON).search(text, count.start, count.end) is not None


def _are_controls(text: str, count: Count) -> bool:
    if count.kind == "n":
        before = text[max(0, count.start - 130) : count.start]
        return (
            _NAMED_CONTROLS.search(before) is not None
            or (text[count.start] not in "nN" and _names_controls(text, count))
            or _MATCHED_TO.search(before) is not None
        )
    if text[count.start : count.end].endswith("controls"):
        return True
    before = text[max(0, count.start - 40) : count.start]
    if _COMPARED_TO.search(before):
        return True
    return "group" in before.lower() and _CONTROL_GROUP.search(before) is not None


def _totals(sentence: Sentence, counts: list[Count], signals: Collection[str]) -> Iterator[_Total]:
    """What the counts of a sentence come to, each run of such as stand side by side."""
    all_, parts = whole(counts)
    if all_ and parts[0].depth > all_.depth:
        yield _total(sentence, parts, counts, signals, bonus=-3.0)
        counts = [count for count in counts if count not in parts]
    elif all_:
        yield _total(sentence, [all_], counts, signals, bonus=1.0)
        counts = [count for count in counts if count is not all_]
    for run in runs(sentence, counts):
        if run[0].kind != "parallel":
            yield _total(sentence, run, counts, signals, bonus=1.0 if all_ in run else 0.0)


def _total(
    sentence: Sentence, run: Sequence[Count], counts: Sequence[Count], signals: Collection[str], bonus: float = 0.0
) -> _Total:
    """What a run of counts comes to and is worth; the other ``counts`` bound the words that speak of it."""
    before, after = _words_around(sentence, run, counts)
    value = sum(count.value for count in run)
    alone = value * groups_of(sentence, run[0]) if len(run) == 1 else value
    worth = bonus + _WEIGHT[sentence.role] + _worth(before, after, run[0].kind)
    worth += _size(value) + _standing(sentence, run, signals, before)
    if alone == value:
        return _Total(worth, value, alone, sentence, tuple(run))
    if is_shared_out(run[0], counts):
        return _Total(worth - 3.0, value, alone, sentence, tuple(run))
    return _Total(worth + 0.5, alone, alone, sentence, tuple(run))


def _words_around(sentence: Sentence, run: Sequence[Count], counts: Iterable[Count]) -> tuple[str, str]:
    """What stands before and after a run of counts up to the next ones; those in deeper brackets bound nothing."""
    text, first, last = sentence.source, run[0], run[-1]
    ends = [count.end for count in counts if count.end <= first.start and count.depth <= first.depth]
    starts = [count.start for count in counts if count.start > last.start and count.depth <= last.depth]
    since = max(sentence.start, first.start - 90, *ends)
    until = min(sentence.end, last.after + 200, *starts)
    return text[since : first.start].lower(), text[last.after : until].lower()


def _worth(before: str, after: str, kind: Kind) -> float:
    """What the words around a count say for its being that of the participants."""
    worth = 0.0
    if has(f"{before}|{after}", _ENROLLED) or before.endswith(_INCLUDING):
        worth += 2.5
    elif _STUDIED.search(before) or _STUDIED.search(after):
        worth += 1.2
    if before.endswith(_OF_ENDS):
        if _SHARE_BEFORE.search(before):
            return worth - 1.5
        if _OF_BEFORE.search(before):
            return worth + (-1.5 if _LATER.match(after) else 0.5)
    if _PLACES.search(before) if kind == "done" else _is_part(before):
        worth -= 2.5
    return worth + _worth_after(after)


def _is_part(before: str) -> bool:
    """Whether the words before a count make it that of a part."""
    may_be = before.rstrip(" (\n").endswith(_PART_ENDS) or has(before, _PART_PARTS)
    return may_be and _PART_BEFORE.search(before) is not None


def _worth_after(after: str) -> float:
    """What the words after a count say for it: those of whom more is told are the whole, those who withdrew a part."""
    worth = 1.5 if has(after, _WHOLE_PARTS) and _WHOLE_AFTER.match(after) else 0.0
    match = _PART.search(after[:90].partition(";")[0])
    if match and not _RANDOMISED.search(after):
        worth -= 2.5 if match.start() < 40 else 1.0
    return worth


def _size(value: int) -> float:
    """A larger count is more likely to be that of all."""
    return 0.0 if value < 5 else 0.3 if value < 10 else 0.6 if value < 30 else 0.9


def _standing(sentence: Sentence, run: Sequence[Count], signals: Collection[str], before: str) -> float:
    """What else speaks for a count or against it: its share, its group, and the design of the record."""
    text, first, worth = sentence.source, run[0], 0.0
    if "excluded" in sentence.cues and sentence.role != "results":
        worth -= 1.5
    if any(_SHARE.match(text, count.after) or _SHARE.match(text, count.end) for count in run):
        worth -= 1.5
    if _DESCRIBED.match(text, run[-1].end):
        worth += 0.8
    if _are_controls(text, first):
        worth -= 2.5
    if "design:case-report" in signals and (
        sentence.role == "title" or _REPORTED.search(before) or _REPORTED_AFTER.match(text, run[-1].end)
    ):
        worth += 2.0
    if not _REVIEWS.isdisjoint(signals):
        worth += _pooled(sentence, run, strict="design:meta-analysis" not in signals)
    return worth


def _pooled(sentence: Sentence, run: Sequence[Count], *, strict: bool) -> float:
    """What speaks for a count's being pooled from the studies of a review, ``strict`` where it pools nothing else.

    Of several pooled counts the larger is that of more studies.
    """
    before = sentence.source[max(sentence.start, run[0].start - 150) : run[0].start].lower()
    if strict and (
        not (_STUDIES.search(before) or before.endswith("a total of "))
        or (run[0].kind == "n" and not _COUNTED_STUDIES.search(before))
    ):
        return -5.0
    size = len(str(sum(count.value for count in run)))
    if _STUDIES.search(before):
        return size + (2.0 if _POOLED.search(before) else 1.0)
    return size - 0.5


def _single(sentences: Iterable[Sentence], *, report: bool) -> Number | None:
    """As many as an age is given of, else one where a case is reported."""
    sentences = [sentence for sentence in sentences if report or sentence.role != "background"]
    ages = [span for sentence in sentences for span in _single_ages(sentence, report=report)]
    several = len({sentence.source[start:end] for sentence, start, end in ages})
    patients = [span for sentence in sentences for span in _patients(sentence)] if report and several < 2 else []
    return Number(max(several, 1), _evidence([*ages, *patients])) if ages or patients else None


def _patients(sentence: Sentence) -> Iterator[_Span]:
    """The mentions of a single patient."""
    for match in _PATIENT.finditer(sentence.source, sentence.start, sentence.end):
        yield sentence, *match.span()


def _single_ages(sentence: Sentence, *, report: bool) -> Iterator[_Span]:
    """The ages of single people: "a 45-year-old man", not "18 to 65 years old"."""
    if sentence.source.find("old", sentence.start, sentence.end) < 0:
        return
    for match in _OLD.finditer(sentence.source, sentence.start, sentence.end):
        before = sentence.source[max(0, match.start() - 8) : match.start()]
        if _ONE_BEFORE.search(before) or (report and not _RANGE_BEFORE.search(before)):
            yield sentence, *match.span()
