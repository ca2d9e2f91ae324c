"""PubMed describes: PMIDs in, studies out, by efetch in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harvest import medline
from harvest.errors import PayloadError
from harvest.eutils import Eutils
from harvest.model import Pmid, Problem, Study

BATCH = 200
"""PMIDs asked for at once; more makes a lost answer dearer and NCBI no faster."""


@dataclass(frozen=True, slots=True)
class Described:
    """What PubMed answered: the studies asked for, the PMIDs it left out, and what could not be read.

    A record that came and could not be read is a problem; it is not missing at PubMed.
    """

    studies: tuple[Study, ...]
    missing: tuple[Pmid, ...]
    problems: tuple[Problem, ...]


def describe(eutils: Eutils, pmids: Sequence[Pmid]) -> Described:
    """Ask PubMed for records. Unknown and withdrawn PMIDs are simply absent from its answer, so they are counted.

    Raises:
        SourceError: PubMed did not answer, or not with a whole set of records.
    """
    form = {"retmode": "xml", "id": ",".join(map(str, pmids))}
    records = eutils.call("efetch", form, _read)
    asked = set(pmids)
    studies = tuple(record for record in records if isinstance(record, Study) and record.pmid in asked)
    strangers = [r.pmid for r in records if isinstance(r, Study) and r.pmid not in asked]
    problems = [record for record in records if isinstance(record, Problem)]
    problems += [Problem(f"PMID {pmid}", "PubMed sent it without being asked; left out") for pmid in strangers]
    unreadable = {problem.record for problem in problems}
    missing = asked - {study.pmid for study in studies}
    left_out = tuple(pmid for pmid in pmids if pmid in missing and f"PMID {pmid}" not in unreadable)
    return Described(studies, left_out, tuple(problems))


def _read(body: bytes) -> list[medline.Record]:
    """All records of an answer; one that was cut off is no smaller set but worth another try."""
    try:
        records = medline.read_set(body)
    except PayloadError as error:
        raise PayloadError(str(error), retryable=True) from None
    if not body.rstrip().endswith((b"</PubmedArticleSet>", b"<PubmedArticleSet/>")):
        raise PayloadError("the answer was cut off", retryable=True)
    return records
