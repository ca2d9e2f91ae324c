"""Reads how many people a record's results rest on.

A count is a number with the people that it counts: "84 patients", "(n = 42)", "227 were randomised". What is done with
them tells its worth: those who were randomised or enrolled come first, then those who were studied, treated or
analysed; those who responded, withdrew or were screened are a part of them, or too many. Groups that stand side by side
are added up ("51 users and 49 controls") unless one count is the whole of the others ("100 people: 51 users and 49
controls"). A report of single people rests on as many as it gives an age of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from harvest.model import Evidence
from harvest.tag.numbers import Figure, Number, evidence, figures
from harvest.tag.reading import Sentence
from harvest.tag.sentences import LONGEST, Role

_PEOPLE_WORDS = """
    patient patients inpatients outpatients subject subjects participant participants volunteer volunteers
    individuals adult adults persons people child children infants neonates newborns toddlers adolescents youth
    youths teenagers teens women men male males female females boys girls parturient parturients mothers pregnancies
    primiparas nulliparas elders seniors users ex-users non-users nonusers abusers misusers smokers drinkers
    alcoholics clubbers controls comparisons comparators students respondents responders nonresponders
    non-responders remitters attempters completers interviewees recipients enrollees attendees visitors clients
    consumers residents prisoners offenders detainees veterans soldiers firefighters casualties victims survivors
    drivers decedents fatalities twins cases ss hcs hvs msm caregivers personnel attendances
"""
_PEOPLE = frozenset(_PEOPLE_WORDS.split())
"""Words for people."""

_GROUP_NAME = re.compile(r"(?!ICU|R[CT]{2})[A-Z]{1,3}[UCVPS]s")
"""Abbreviations of groups of people: HCs are healthy controls, NVs normal volunteers."""

_OTHERS_WORDS = """
    of in to from at on by with for per was were is are be been being had has have did do the a an that which who
    whose this these those its their than as but when while if into over under about around without mg kg g ml mcg
    ug μg µg mmol ng l cm mm hz min mins minute minutes h hr hrs hour hours day days week weeks month months year
    years time times times, point points session sessions infusion infusions dose doses injection injections
    treatment treatments administration administrations episode episodes visit visits item items question questions
    sample samples factor factors vs versus respectively during after before within between until study studies
    trial trials rct rcts article articles paper papers publication publications database databases site sites
    center centers centre centres hospital hospitals country countries group groups arm arms received underwent
    showed reported completed score scores or out out-of more less least most case-control case-controls
"""
_OTHERS = frozenset(_OTHERS_WORDS.split())
"""Words after which a number counts something else."""

_REACH = 9
"""Words from a number to the people that it counts."""

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

_EDGE = "()[],.;:'\"’“”-–—‐*"
"""What may stand at the edges of a word."""

# How a count is written

_N = re.compile(r"(?<![A-Za-z])[nN]s?[ \u2009\xa0]?=[ \u2009\xa0]?(?:\d{1,5}[-–‐])?$")
_BEFORE_NO_COUNT = frozenset("<>≥≤±-–‐/−$#=")
_AFTER_NO_COUNT = re.compile(
    r" ?(?:%|±|[\])]|mg\b|min|ml\b|h\b|hours?\b|days?\b|weeks?\b|months?\b|years?\b)|/(?!group|arm)|[\-‐–]"
)
_LABEL_BEFORE = re.compile(
    r"\b(?:asa|asa-ps|class|grades?|phases?|days?|weeks?|months?|stages?|levels?|types?|cohorts?|parts?|status|visits?"
    r"|study|experiments?|groups?|figure|table|version|dsm|axis|aged?|pod)(?: \w{1,3} (?:or|and|to))? $",
)
_YEAR_BEFORE = re.compile(
    r"(?:\b(?:in|since|until|till|through|from|between|during|before|after|early|late|mid|january|february|march|april|may"
    r"|june|july|august|september|october|november|december)|\b(?:19|20)\d\d(?:,| and| to)|[-–‐/])[ .]?$"
)
_ASIDE = re.compile(r" ?[(\[][^()\[\]]{1,14}[)\]]")
_SHARE = re.compile(r" ?\([\d.,]+ ?%")
_AGED = re.compile(r"year|yr|\d(?:st|nd|rd|th)")
_GRADED = re.compile(
    r" ASA(?: physical)?(?: status)?(?: (?:class|grade|score))?(?: ?(?:I+V?|[1-4]|and|or|to|[-–,/&]))+(?= )"
    r"| \d{1,2}-? ?(?:to|-|–) ?\d{1,2}[- ](?:year|yr|month)s?[- ]old(?= )"
)
_WORD = re.compile(r"[\w-]{1,20}")
_PER_SITE = re.compile(r" per (?:\w+ )?(?:cent|site|hospital|year|month|day|week|drug|dose|treatment|condition|cohort)")
_NO_N = re.compile(
    r" ?%|[-‐–]\d| (?:[\w/-]+ ){0,3}(?:treatments?|infusions?|sessions?|administrations?|studies|trials|rcts|reports"
    r"|articles|episodes)\b",
    re.IGNORECASE,
)
_STUDIES_N = re.compile(r"\b(?:studies|trials|rcts|articles|reports|records)(?: [a-z]+){0,3} \($", re.IGNORECASE)
_DONE = re.compile(
    r",? (?:(?:were|was|have been|had been) )?(?:randomi[sz]ed|randomly (?:assigned|allocated|divided)|enrolled"
    r"|recruited|included|analy[sz]ed|participated|assigned|allocated|took part)"
    r"(?=[.;)]|, (?:and|\d)| (?:to|into|in|and|for|between|equally|with|at|from|were)\b)"
)
_SHARED = re.compile(r",? (?:each(?=[.,;)])|(?:in each|per) (?:\w+ )?(?:group|arm)\b)|/(?:group|arm)\b")
_ELLIPTIC = re.compile(r"(?: ([a-z-]{2,20}))?,? and \d{1,3}(?:,\d{3})*(?= [a-z\d])")
_SAID = re.compile(
    r" (?:to|in|received|receiving|(?:were |was )?(?:given|assigned|allocated|treated|randomi[sz]ed|randomly|in)"
    r"|underwent"
    r"|on|treated with|with)\b"
)
_AND_BEFORE = re.compile(r"(?:\band|versus|vs\.?|,|;|compared (?:with|to)|while|whereas) $", re.IGNORECASE)

# How counts stand to each other

_AND = re.compile(r"\b(?:and|versus|vs|plus|or|to|with|than)\b|[,+;&/]", re.IGNORECASE)
_NEW_GROUP = re.compile(r"\b(?:and|versus|vs|plus|or|compared)\b|[+&]", re.IGNORECASE)
_APART = re.compile(
    r"\b(?:were|was|who|whom|which|completed|received|underwent|includ\w+|had|of these|did|dropped|have|showed|reported"
    r"|respectively|additional|from|between|found|among|each|excluded|entered|remained|enrolled|participated|recruited"
    r"|randomi[sz]ed)\b|%|: ",
    re.IGNORECASE,
)
_FAR_APART = re.compile(
    r"\b(?:of (?:these|whom|which|them)|excluded|dropped|completed|responders?|days?|weeks?|months?|time|follow"
    r"|baseline"
    r"|stud(?:y|ies)|trials?)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"(?:\band|versus|vs\.?|(?:compared )?(?:with|to)) (?:a |the )?$")
_PARTLY = re.compile(r"%|\bof (?:whom|these|which)\b|: |completed|\bof $")
_SINGLED_OUT = re.compile(r"\b(?:Of|Among|Amongst|[Oo]ut of)(?: the| these| all| our| a total of)? $")
_CONTROLS = ("controls", "comparisons", "volunteers")
_CONTROLLED = re.compile(r"\bcontrols?\b|\bhealthy\b", re.IGNORECASE)
_CONTROL_GROUP = re.compile(r"\b(?:control|comparison) group (?:comprised|consisted of|included|of) $", re.IGNORECASE)
_GROUPS_BEFORE = re.compile(r"\b(?:groups|arms) \($")
_EACH = re.compile(r",? each\b|[^\d.;]{0,30} (?:(?:in|to|for) (?:each|every) (?:\w+ )?|per )(?:group|arm)\b")
_EACH_BEFORE = re.compile(r"\b(?:in|to|for) each (?:of the )?(?:\w+ )?(?:group|arm)s?,? $", re.IGNORECASE)
_GROUPS = re.compile(
    r"\b(two|three|four|five|six|[2-6])(?: [\w-]+){0,3} (?:groups|arms)\b|\binto (two|three|four|five|six|[2-6])\b",
    re.IGNORECASE,
)
_GROUP_NUMBER = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_FIRST = re.compile(
    r"\b(?:first|initial)\b|\b(?:study|experiment|trial|cohort|part|arm) (?:1|I|A|one)\b|-1\b", re.IGNORECASE
)
_SECOND = re.compile(
    r"\b(?:second|replication)\b|\b(?:study|experiment|trial|cohort|part|arm) (?:2|II|B|two)\b|-2\b", re.IGNORECASE
)

# What the words around a count say of it

_ENROLLED = re.compile(
    r"randomi[sz]|randomly|\ballocated|\bassigned|\benrol|\brecruit|\bsample (?:size )?of|\bsample (?:comp|cons|incl)"
    r"|\bcohort of|\btotal|\bincluded|\binclusion|\bcompris|\bconsist|\bencompass|\bparticipat|\bconsecutive|\bpooled"
    r"|\binvolv|\bin all\b|\bseries of|\benter|\binclud(?:e|ing) ?$|\btook part|\boverall",
)
_STUDIED = re.compile(
    r"\bstud|\bassess|\banaly[sz]|\bevaluat|\bexamin|\binvestigat|\bcompar|\breceiv|\bunderwent|\bundergo|\bgiven"
    r"|\bgave"
    r"|\badminister|\btreated|\bwith\b|\bwho\b|\bcomplet|\btested|\bmeasured|\bscanned|\baged|\bmean age|\bdata"
    r"|\bcommenc"
    r"|\bstarted|\bbegan|\binitiat|\bretrospective|\bscheduled|\bdivided|\bobtained|\bcollected|\bidentified|\bsurvey"
    r"|\binterview|\btrial|\bin $",
)
_RANDOMISED = re.compile(r"randomi[sz]ed|randomly")
_PART = re.compile(
    r"(?<!who )(?<!that )(?<!who had )\b(?:respond(?:ed|ing)|remitted|relapsed|achieved|experienced|developed|showed"
    r"|required|died|improved|report(?:ed|s?)\b|withdrew|withdrawn|dropped|discontinued|screened|approached|excluded"
    r"|declined|refused|lost|did not|attempted|maintained|complained|met (?:the )?(?:resp|remi|crit)|became|returned"
    r"|reached|failed|continued|demonstrated|displayed|exhibited|in remission|felt|needed|made an? initial|suffered)"
)
_PART_BEFORE = re.compile(
    r"(?:\b(?:sub-?set|sub-?sample|sub-?group|additional)\b[^.]{0,40}|\bof (?:whom|which|these|them|those)|\bexcl\w+"
    r"|\bonly"
    r"|\ball but|\bremaining|\bscreen\w*|\banother|\badditional|\bin the other|\b(?:occurred|observed|seen|found|noted"
    r"|present|reported|detected|effective|used|achieved) (?:in|by)|\bnot|\bthan|\btarget|\bmillion|\blimit\w*|\bfewer"
    r"|\bin one of|\b(?:1|one) in) ?\(?$",
)
_SHARE_BEFORE = re.compile(r"\w ?[(\[][\d.]+ ?%[)\]] of (?:the )?$")
_OF_BEFORE = re.compile(r"\b(?:of|among|out of|amongst)(?: the| these| all| our| a total of)? $")
_REPORTED = re.compile(r"\b(?:reports?|presents?|describes?|series|cases?)\b")
_STUDIES = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|rcts?|reports?|articles?|papers?|publications?|comparisons|literature)\b",
)
_POOLED = re.compile(
    r"(?:\b(?:trials|studies|rcts|reports|articles|cohorts)\W{1,3}(?:with |and )?|\b(?:total|sample(?: size)?|involving"
    r"|including|compris\w+|enroll?ing|encompassing|representing|totall?ing|with"
    r"|yielding)(?: of)?(?: a total of)? )[(\[]?$",
)
_COUNTED_STUDIES = re.compile(
    r"(?:\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty)) (?:[\w-]+ ){0,4}"
    r"(?:studies|trials|rcts|articles|reports)\W{1,3}$",
)

# Single people

_OLD = re.compile(r"(?<![\d.])\d{1,3}[- \xa0‐]?(?:years?|yrs?|y|months?|weeks?|days?)[- ‐]?old\b", re.IGNORECASE)
_ONE_BEFORE = re.compile(r"\ban? ?$", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"(?:to|-|–|and|aged|than|[<>≥≤]) ?$")
_PATIENT = re.compile(
    r"\b(?:an?|the|our|this) (?:[\w-]+,? ){0,8}?(?:patient|man|woman|boy|girl|male|female|child|veteran|infant)\b",
    re.IGNORECASE,
)

_Kind = Literal["people", "n", "done", "parallel"]
_Span = tuple[Sentence, int, int]


class _Count(NamedTuple):
    """A number of people, and what tells it: ``start:end``, the number itself ending at ``after``.

    ``kind`` is how it is told: with a word for people, as "n =", by what was done ("227 randomised"), or in parallel to
    another count ("40 patients received ... and 42 received ..."). ``depth`` is how many brackets it stands in.
    """

    value: int
    start: int
    after: int
    end: int
    kind: _Kind
    depth: int


class _Total(NamedTuple):
    """What one count or several side by side come to, what it is worth, and what tells it."""

    worth: float
    value: int
    sentence: Sentence
    counts: tuple[_Count, ...]

    @property
    def spans(self) -> list[_Span]:
        return [(self.sentence, count.start, count.end) for count in self.counts]

    @property
    def context(self) -> str:
        """What stands around the total."""
        start = max(self.sentence.start, self.counts[0].start - 120)
        return self.sentence.source[start : self.counts[-1].end + 60]


def read(reading: Sequence[Sentence], signals: Collection[str]) -> Number | None:
    """The number of participants, ``None`` where the record states none."""
    sentences = [sentence for sentence in _passages(reading) if sentence.role in _WEIGHT]
    totals = [total for sentence in sentences for total in _totals(sentence, signals)]
    best = max(totals, key=lambda total: total.worth, default=None)
    report = "design:case-report" in signals
    if best is not None and best.worth >= _ENOUGH and (best.value > 1 or report):
        return _number(best, _rest(best, totals), totals)
    return _single(sentences, report=report)


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
    end = last.source[max(last.start, last.end - 2) : last.end].rstrip()
    return end.endswith(";") and sentence.end - last.start <= LONGEST


def _number(best: _Total, rest: _Total | None, totals: Iterable[_Total]) -> Number:
    """The number that the best total tells, with the rest of the people where another sentence tells it.

    Every other mention of the same total is evidence too.
    """
    told = [best] if rest is None else [best, rest]
    spans = [span for total in told for span in total.spans]
    values = {total.value for total in told}
    spans += [span for total in totals if total.value in values and total not in told for span in total.spans]
    return Number(sum(total.value for total in told), _evidence(spans))


def _evidence(spans: Iterable[_Span]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence(*span) for span in spans))


def _rest(best: _Total, totals: Sequence[_Total]) -> _Total | None:
    """The total of the people whom the best total leaves out: a second study or group, or the controls."""
    others = [total for total in totals if total.sentence is not best.sentence]
    for this, that in ((_FIRST, _SECOND), (_SECOND, _FIRST)):
        if this.search(best.context) and not that.search(best.context):
            for total in others:
                alike = total.worth > _ENOUGH and total.sentence.role == best.sentence.role
                if alike and that.search(total.context):
                    return total
    if _CONTROLLED.search(best.sentence.source, best.sentence.start, best.sentence.end):
        return None
    return next((total for total in others if _is_of_controls(total)), None)


def _is_of_controls(total: _Total) -> bool:
    own = total.sentence.role in ("methods", "results", "statement")
    return own and len(total.counts) == 1 and _are_controls(total.sentence.source, total.counts[0])


def _are_controls(text: str, count: _Count) -> bool:
    if count.kind == "n":
        return text[max(0, count.start - 25) : count.start].endswith("controls (")
    if text[count.start : count.end].endswith("controls"):
        return True
    return _CONTROL_GROUP.search(text, max(0, count.start - 40), count.start) is not None


def _totals(sentence: Sentence, signals: Collection[str]) -> Iterator[_Total]:
    """What the counts of a sentence come to, each run of such as stand side by side."""
    counts = list(_counts(sentence))
    if whole := _whole(counts):
        yield _total(sentence, [whole], counts, signals, bonus=1.0)
        counts.remove(whole)
    for run in _runs(sentence.source, counts):
        if run[0].kind != "parallel":
            yield _total(sentence, run, counts, signals)


def _counts(sentence: Sentence) -> Iterator[_Count]:
    text = sentence.source
    depth, at, before = 0, sentence.start, False
    for figure in figures(text, sentence.start, sentence.end):
        if figure.ordinal or not 1 <= figure.value == int(figure.value):
            continue
        depth, at = depth + _opened(text[at : figure.start]), figure.start
        count = _count(sentence, figure, depth)
        if count and (before or count.kind != "parallel"):
            before = True
            yield count


def _opened(text: str) -> int:
    """How many brackets more are opened than closed."""
    return text.count("(") + text.count("[") - text.count(")") - text.count("]")


def _count(sentence: Sentence, figure: Figure, depth: int) -> _Count | None:
    """The count that a figure is, ``None`` where it counts no people."""
    text, value = sentence.source, int(figure.value)
    leading = text[max(sentence.start, figure.start - 12) : figure.start]
    if "=" in leading and (match := _N.search(leading)):
        start = figure.start - len(match[0])
        other = _NO_N.match(text, figure.end) or _tells_studies(text, start)
        return None if other else _Count(value, start, figure.end, figure.end, "n", depth)
    if leading[-1:] in _BEFORE_NO_COUNT or _AFTER_NO_COUNT.match(text, figure.end):
        return None
    aside = _ASIDE.match(text, figure.end)
    told = _told(text, aside.end() if aside else figure.end, figure, sentence.end)
    if told is None or _is_label(text, figure):
        return None
    return _Count(value, figure.start, figure.end, told[1], told[0], depth)


def _told(text: str, at: int, figure: Figure, limit: int) -> tuple[_Kind, int] | None:
    """How the words at ``at`` make the figure before them a count, and where they end."""
    if end := _people_end(text, at, limit):
        return None if _PER_SITE.match(text, end) else ("people", end)
    if match := _DONE.match(text, at) or _SHARED.match(text, at):
        return "done", match.end()
    match = _ELLIPTIC.match(text, at)
    if match and match[1] not in _OTHERS and _people_end(text, match.end(), limit):
        return "people", figure.end
    if (match := _SAID.match(text, at)) and _AND_BEFORE.search(text, max(0, figure.start - 20), figure.start):
        return "parallel", match.end()
    return None


def _tells_studies(text: str, start: int) -> bool:
    """Whether "n =" tells how many studies there are: "studies (n = 12)", but not "six studies (n = 221)"."""
    match = _STUDIES_N.search(text, max(0, start - 50), start)
    return match is not None and not figures(text, max(0, match.start() - 40), match.start())


def _is_label(text: str, figure: Figure) -> bool:
    """Whether a figure is a year, or the name of something: group 2, phase 3, day 7."""
    before = text[max(0, figure.start - 24) : figure.start].lower()
    if _LABEL_BEFORE.search(before):
        return True
    year = figure.end - figure.start == len("2000") and 1900 <= figure.value < 2100
    return year and _YEAR_BEFORE.search(before) is not None


def _people_end(text: str, at: int, limit: int) -> int | None:
    """Where the people end that a number before ``at`` counts, ``None`` where it counts something else."""
    if match := _GRADED.match(text, at):
        at = match.end()
    for _ in range(_REACH):
        if text[at : at + 1] != " ":
            return None
        blank = text.find(" ", at + 1, limit)
        stop = blank if blank >= 0 else limit
        word = text[at + 1 : stop].partition("—")[0]
        bare = word.strip(_EDGE)
        if bare.lower() in _PEOPLE or _GROUP_NAME.fullmatch(bare):
            return _noun_end(text, at + 1 + len(word.rstrip(_EDGE)))
        if _is_other(word, bare.lower()):
            return None
        at = stop
    return None


def _is_other(word: str, bare: str) -> bool:
    """Whether a word between a number and people ends what the number may count."""
    return bare in _OTHERS or (bare[:1].isdigit() and not _AGED.search(bare)) or word[-1:] in {".", ";", ":", "=", "%"}


def _noun_end(text: str, end: int) -> int:
    """Where a noun for people ends: "female" goes on in "female patients"."""
    following = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    return following.end() if following and following[0].lower() in _PEOPLE else end


def _whole(counts: Sequence[_Count]) -> _Count | None:
    """The count that two or more after it add up to; a small one among others does so by chance."""
    for place, count in enumerate(counts):
        rest = 0
        for number, other in enumerate(counts[place + 1 :], start=1):
            rest += other.value
            if rest == count.value and number > 1 and (place == 0 or rest >= 20):
                return count
    return None


def _runs(text: str, counts: Iterable[_Count]) -> Iterator[list[_Count]]:
    """The counts in runs of such as stand side by side, without those that tell a part of the one before."""
    run: list[_Count] = []
    for count in counts:
        if run and _is_part(text, run[-1], count):
            continue
        if run and not _joined(text, run[-1], count):
            yield run
            run = []
        run.append(count)
    if run:
        yield run


def _is_part(text: str, one: _Count, other: _Count) -> bool:
    """Whether a count in brackets tells a part of the one before the brackets: "40 patients (12 women)"."""
    between = text[one.end : other.start]
    return other.depth > one.depth and len(between) < 60 and (other.kind != "n" or not _NEW_GROUP.search(between))


def _joined(text: str, one: _Count, other: _Count) -> bool:
    """Whether two counts stand side by side as groups."""
    between = text[one.end : other.start]
    if "done" in (one.kind, other.kind) or len(between) >= 150:
        return False
    if one.kind == other.kind == "n":
        return _AND.search(between) is not None and not _FAR_APART.search(between)
    if _SINGLED_OUT.search(text, max(0, one.start - 30), one.start):
        return False
    return _compared(text, between, other) or _listed(between, other) or _in_parallel(text, one, other)


def _compared(text: str, between: str, other: _Count) -> bool:
    """Whether the other count is that of a group for comparison: "... and were compared with 35 patients"."""
    if not _COMPARED.search(between) or _PARTLY.search(between):
        return False
    return "compared" in between[-16:] or text[other.start : other.end].endswith(_CONTROLS)


def _listed(between: str, other: _Count) -> bool:
    near = other.kind in ("people", "n") and len(between) < 90
    return near and _AND.search(between) is not None and not _APART.search(between)


def _in_parallel(text: str, one: _Count, other: _Count) -> bool:
    """Whether the same is said of two counts: "40 patients received ... and 42 received ..."."""
    between = text[one.end : other.start]
    after = other.end if other.kind == "people" else other.after
    return (
        one.kind in ("people", "parallel")
        and len(between) < 120
        and "%" not in between
        and _SAID.match(text, one.end) is not None
        and _SAID.match(text, after) is not None
        and _AND_BEFORE.search(between) is not None
    )


def _total(
    sentence: Sentence, run: Sequence[_Count], counts: Sequence[_Count], signals: Collection[str], bonus: float = 0.0
) -> _Total:
    """What a run of counts comes to and is worth; the other ``counts`` bound the words that speak of it."""
    text, first, last = sentence.source, run[0], run[-1]
    since = max([sentence.start, first.start - 90, *(count.end for count in counts if count.end <= first.start)])
    until = min([sentence.end, last.after + 200, *(count.start for count in counts if count.start > last.start)])
    before = text[since : first.start].lower()
    value = sum(count.value for count in run)
    groups = _groups(sentence, first) if len(run) == 1 else 1
    worth = bonus + _WEIGHT[sentence.role] + _worth(before, text[last.after : until].lower(), first.kind)
    worth += _size(value) + _standing(sentence, run, signals, before) + 0.5 * (groups > 1)
    return _Total(worth, value * groups, sentence, tuple(run))


def _worth(before: str, after: str, kind: _Kind) -> float:
    """What the words around a count say for its being that of the participants."""
    worth = 0.0
    if _ENROLLED.search(before) or _ENROLLED.search(after):
        worth += 2.5
    elif _STUDIED.search(before) or _STUDIED.search(after):
        worth += 1.2
    if _SHARE_BEFORE.search(before):
        return worth - 1.5
    if _OF_BEFORE.search(before):
        return worth + 0.5
    if kind != "done" and _PART_BEFORE.search(before):
        worth -= 2.5
    match = _PART.search(after[:90].partition(";")[0])
    if match and not _RANDOMISED.search(after):
        worth -= 2.5 if match.start() < 40 else 1.0
    return worth


def _size(value: int) -> float:
    """A larger count is more likely to be that of all."""
    return 0.0 if value < 5 else 0.3 if value < 10 else 0.6 if value < 30 else 0.9


def _standing(sentence: Sentence, run: Sequence[_Count], signals: Collection[str], before: str) -> float:
    """What else speaks for a count or against it: its share, its group, and the design of the record."""
    text, first, worth = sentence.source, run[0], 0.0
    if "excluded" in sentence.cues and sentence.role != "results":
        worth -= 1.5
    if any(_SHARE.match(text, count.after) for count in run):
        worth -= 1.5
    if _are_controls(text, first):
        worth -= 2.5
    if "design:case-report" in signals and (sentence.role == "title" or _REPORTED.search(before)):
        worth += 2.0
    if not {"design:meta-analysis", "design:systematic-review"}.isdisjoint(signals):
        worth += _pooled(sentence, run, strict="design:meta-analysis" not in signals)
    return worth


def _pooled(sentence: Sentence, run: Sequence[_Count], *, strict: bool) -> float:
    """What speaks for a count's being pooled from the studies of a review, ``strict`` where it pools nothing else.

    Of several pooled counts the larger is that of more studies.
    """
    before = sentence.source[max(sentence.start, run[0].start - 150) : run[0].start].lower()
    if strict and (not _STUDIES.search(before) or (run[0].kind == "n" and not _COUNTED_STUDIES.search(before))):
        return -5.0
    size = len(str(sum(count.value for count in run)))
    if _STUDIES.search(before):
        return size + (2.0 if _POOLED.search(before) else 1.0)
    return size - 0.5


def _groups(sentence: Sentence, count: _Count) -> int:
    """How many groups have as many as the count says each, two where the sentence tells no number."""
    text = sentence.source
    if count.kind == "n" and _GROUPS_BEFORE.search(text, max(0, count.start - 12), count.start):
        match = _GROUPS.search(text, max(sentence.start, count.start - 60), count.start)
        return _group_number(match) if match else 1
    if (
        _EACH.match(text, count.end)
        or _SHARED.match(text, count.after)
        or _EACH_BEFORE.search(text, max(0, count.start - 30), count.start)
    ):
        match = _GROUPS.search(text, sentence.start, sentence.end)
        return _group_number(match) if match else 2
    return 1


def _group_number(match: re.Match[str]) -> int:
    word = (match[1] or match[2]).lower()
    return _GROUP_NUMBER.get(word) or int(word)


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
    for match in _OLD.finditer(sentence.source, sentence.start, sentence.end):
        before = sentence.source[max(0, match.start() - 8) : match.start()]
        if _ONE_BEFORE.search(before) or (report and not _RANGE_BEFORE.search(before)):
            yield sentence, *match.span()
