"""The formats in which studies are taken away, by the ending of an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harvest.publish import table
from harvest.publish.bibtex import bibtex
from harvest.publish.csl import csl
from harvest.publish.jsons import line
from harvest.publish.record import Record, Vocabulary
from harvest.publish.ris import ris


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what stands before, between and after the studies, and how each is written."""

    name: str
    ending: str
    content_type: str
    written: Callable[[Record, Vocabulary], str]
    before: Callable[[Vocabulary], str] = lambda _: ""
    between: str = ""
    after: str = ""

    def piece(self, records: Iterable[Record], vocabulary: Vocabulary) -> str:
        """Some studies as they stand in the middle of a file."""
        return self.between.join(self.written(record, vocabulary) for record in records)

    def whole(self, records: Iterable[Record], vocabulary: Vocabulary) -> str:
        """Studies as a file."""
        return self.before(vocabulary) + self.piece(records, vocabulary) + self.after


def _item(record: Record, _: Vocabulary) -> str:
    return line(record)


_LIST = ("[\n", ",\n", "\n]\n")
"""What stands before, between and after the items of a list in JSON."""

FORMATS = {
    one.ending: one
    for one in (
        Format("RIS", "ris", "application/x-research-info-systems; charset=utf-8", ris),
        Format("BibTeX", "bib", "application/x-bibtex; charset=utf-8", bibtex),
        Format("CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json", csl, lambda _: _LIST[0], *_LIST[1:]),
        Format("CSV", "csv", "text/csv; charset=utf-8; header=present", table.row, table.header),
        Format("JSON", "full.json", "application/json", _item, lambda _: _LIST[0], *_LIST[1:]),
        Format("JSON lines", "jsonl", "application/x-ndjson", lambda *study: _item(*study) + "\n"),
    )
}
