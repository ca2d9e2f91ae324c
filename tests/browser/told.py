"""Studies that found harm, for readers who look for it: the sample corpus has none of the kind."""

from __future__ import annotations

from tests.pubmed.invented import article, article_set

LONG_TRIAL, SHORT_TRIAL, COHORT = 970_000_801, 970_000_802, 970_000_803

TITLES = {
    LONG_TRIAL: "Memory after six weeks of ketamine for depression: an invented randomized trial.",
    SHORT_TRIAL: "Memory after one week of ketamine for depression: an invented randomized trial.",
    COHORT: "Memory in people who had ketamine for depression: an invented cohort.",
}


def told() -> bytes:
    """A file of three studies of depression in which cognition got worse: two trials and a cohort."""
    return article_set(
        _study(LONG_TRIAL, "In this randomized controlled trial, 64 patients", "6 weeks", trial=True),
        _study(SHORT_TRIAL, "In this randomized controlled trial, 40 patients", "1 week", trial=True),
        _study(COHORT, "In this prospective cohort study, 120 patients", "2 years", trial=False),
    )


def _study(pmid: int, who: str, followed: str, *, trial: bool) -> bytes:
    return article(
        pmid,
        title=TITLES[pmid],
        abstract=[
            ("METHODS", f"{who} with major depression received ketamine. Patients were followed up for {followed}."),
            ("RESULTS", "Cognitive performance worsened significantly with ketamine compared with placebo."),
        ],
        mesh=["Humans"],
        majr=["Ketamine"],
        types=["Journal Article", *(["Randomized Controlled Trial"] if trial else [])],
    )
