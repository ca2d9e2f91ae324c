"""Studies as RIS, which every citation manager reads.

Of the fields that are free to use C1 has the tags as programs name them, C2 PubMed Central's identifier (as PubMed has
it), C4 the number of participants and C5 the follow-up in days; the same stands in words in N1.
"""

from __future__ import annotations

from collections.abc import Iterable

from harvest.publish.record import Person, Record, Vocabulary
from harvest.publish.wording import PUBMED, day_of, notes, one_line, page_range, slugs, subjects, title_of

_END = 2
"""Lines that end an entry."""


def ris(record: Record, vocabulary: Vocabulary) -> str:
    """A study as an entry of RIS; what is not known is left out."""
    lines = [f"{name}  - {value}" for name, value in _fields(record) if value]
    lines += [f"KW  - {subject}" for subject in subjects(record)]
    lines += [f"N1  - {note}" for note in notes(record, vocabulary)]
    if record.abstract:
        lines.append(f"AB  - {one_line(record.abstract)}")
    entry = _entry(lines)
    if len(entry.splitlines()) > len(lines) + _END:  # some value would have ended its line
        entry = _entry(map(one_line, lines))
    return entry


def _entry(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\nER  - \n\n"


def _fields(record: Record) -> Iterable[tuple[str, object]]:
    is_chapter = record.kind == "book" and record.journal is not None
    pages = page_range(record.pages) or (None, None)
    return (
        ("TY", "JOUR" if record.kind == "article" else "CHAP" if is_chapter else "BOOK"),
        ("TI", title_of(record)),
        *[("AU", _name(person)) for person in record.of_role("author")],
        *[("A2", _name(person)) for person in record.of_role("editor")],
        *_published(record),
        ("T2", record.journal),
        ("J2", record.journal_abbreviation),
        ("SN", record.issn),
        ("VL", record.volume),
        ("IS", record.issue),
        ("SP", pages[0]),
        ("EP", pages[1]),
        ("DO", record.doi),
        ("AN", record.pmid),
        ("C2", record.pmcid),
        ("UR", PUBMED.format(record.pmid)),
        ("DB", "PubMed"),
        ("LA", record.language),
        ("M3", "Preprint" if record.is_preprint else None),
        ("C1", slugs(record.tags)),
        ("C4", _number(record.participants)),
        ("C5", _number(record.follow_up_days)),
    )


def _published(record: Record) -> Iterable[tuple[str, str]]:
    when = day_of(record)
    return (("PY", when.year), ("DA", f"{when.year}/{when.month or ''}/{when.day or ''}/")) if when else ()


def _number(number: int | None) -> str | None:
    return None if number is None else str(number)


def _name(person: Person) -> str:
    """``Last, First, Suffix``; a group's name as it is."""
    if person.collective_name or not person.last_name:
        return person.name
    if person.suffix:
        return f"{person.last_name}, {person.given or ''}, {person.suffix}"
    return f"{person.last_name}, {person.given}" if person.given else person.last_name
