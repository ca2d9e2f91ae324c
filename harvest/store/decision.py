"""Whether a record that is brought to the store replaces the one that it holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harvest.model import Study

_STAGES = ("Publisher", "In-Data-Review", "In-Process", "PubMed-not-MEDLINE", "OLDMEDLINE", "Completed", "MEDLINE")


class Outcome(StrEnum):
    """What became of a study that was brought to the store."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Held:
    """What the store knows of a study it holds, as far as a decision about another record of it needs it."""

    version: int
    revised: str | None
    fingerprint: str
    last_event: str | None = None
    status: str | None = None
    identifiers: int = 0

    @classmethod
    def of(cls, study: Study) -> Held:
        """What would be known of a study if it were held."""
        return cls(
            study.version,
            study.revised,
            study.fingerprint,
            max((event.date for event in study.history), default=None),
            study.status,
            len(study.article_ids),
        )

    @property
    def revision(self) -> tuple[int, str]:
        """What PubMed itself orders the revisions of a record by."""
        return self.version, self.revised or ""

    @property
    def maturity(self) -> tuple[str, int, int, str]:
        """How far a record had come among those of one revision."""
        stage = _STAGES.index(self.status) if self.status in _STAGES else -1
        return self.last_event or "", stage, self.identifiers, self.fingerprint


def decide(held: Held | None, study: Study, *, answered: bool = False, later: bool = False) -> Outcome:
    """Whether a record is taken: a newer revision replaces an older one, never the reverse.

    Records are ordered by PMID version, then by DateRevised. PubMed also changes records without a new DateRevised. Of
    two such, what PubMed answers now stands, for it is what PubMed now has. Files may come in any order and must end in
    the same state, so of two from files that one stands which had come further: the later last date of its history,
    then the later stage of indexing, then the more identifiers (PubMed Central's comes last). Where all of these are
    equal nothing in the records tells which is newer, and the higher fingerprint stands, so that it is always the same.

    Args:
        held: what is known of the record that is held, if one is.
        study: the record that was brought.
        answered: whether PubMed itself gave it just now.
        later: whether both are from PubMed's numbered files and it is from the later one, which outdates the other.
    """
    if held is None:
        return Outcome.NEW
    brought = Held.of(study)
    if held.fingerprint == brought.fingerprint:
        return Outcome.UNCHANGED
    if later and brought.version >= held.version:
        return Outcome.REVISED
    if brought.revision == held.revision:
        return Outcome.REVISED if answered or brought.maturity > held.maturity else Outcome.OLDER
    return Outcome.REVISED if brought.revision > held.revision else Outcome.OLDER
