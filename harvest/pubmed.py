"""PubMed describes: PMIDs in, studies out, by efetch in batches."""

from __future__ import annotations

import io
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
    """What PubMed answered: the studies asked for, the PMIDs it left out, and what could not be read."""

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
    missing = asked - {study.pmid for study in studies}
    return Described(studies, tuple(pmid for pmid in pmids if pmid in missing), tuple(problems))


def _read(body: bytes) -> list[medline.Record]:
    if not body.rstrip().endswith(b"</PubmedArticleSet>") and not body.rstrip().endswith(b"<PubmedArticleSet/>"):
        raise PayloadError(f"no whole set of records came{_said(body)}", retryable=True)
    try:
        return list(medline.read(io.BytesIO(body)))
    except PayloadError as error:
        raise PayloadError(str(error), retryable=True) from None


def _said(body: bytes) -> str:
    try:
        next(iter(medline.read(io.BytesIO(body))), None)
    except PayloadError as error:
        return f": {error}"
    return ": the answer was cut off"
