r"""Studies as BibTeX, in UTF-8 as biber, BibLaTeX and citation managers read it.

BibTeX counts every brace, also one behind a backslash: a brace of a text is written as a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from harvest.publish.record import Person, Record, Vocabulary
from harvest.publish.wording import PUBMED, day_of, notes, one_line, page_range, subjects, title_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_SPECIAL = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{character: f"\\{character}" for character in "&%$#_"},
    }
)

_IS_SPECIAL = re.compile(r"[\\{}~^&%$#_]")

_AND = re.compile(r"\sand\s", re.IGNORECASE)


def bibtex(record: Record, vocabulary: Vocabulary) -> str:
    """A study as an entry of BibTeX; what is not known is left out."""
    is_chapter = record.kind == "book" and record.journal is not None
    entry = "article" if record.kind == "article" else "incollection" if is_chapter else "book"
    fields = [f"  {name} = {{{value}}}" for name, value in _fields(record, vocabulary) if value]
    if (when := day_of(record)) and when.month:
        fields.append(f"  month = {_MONTHS[int(when.month) - 1]}")  # a macro of BibTeX's, which stands without braces
    told = ",\n".join(fields)
    return f"@{entry}{{pmid{record.pmid},\n{told}\n}}\n\n"


def _fields(record: Record, vocabulary: Vocabulary) -> Iterator[tuple[str, str | None]]:
    yield "title", _text(title_of(record))
    yield "author", _names(record.of_role("author"), bool(record.authors_complete))
    yield "editor", _names(record.of_role("editor"))
    yield ("journal" if record.kind == "article" else "booktitle"), _text(record.journal)
    if when := day_of(record):
        yield "year", when.year
        yield "day", when.day and str(int(when.day))
    yield "volume", _text(record.volume)
    yield "number", _text(record.issue)
    if pages := page_range(record.pages):
        yield "pages", "--".join(_text(page) for page in pages if page)
    yield "issn", _text(record.issn)
    yield "doi", _text(record.doi)
    yield "pmid", str(record.pmid)
    yield "pmcid", _text(record.pmcid)
    yield "url", PUBMED.format(record.pmid)
    yield "language", _text(record.language)
    yield "keywords", ", ".join(_protected(_text(subject), ",") for subject in subjects(record))
    yield "note", _text(" | ".join(notes(record, vocabulary)))
    yield "abstract", _text(record.abstract)


def _text(text: str | None) -> str:
    """A text as LaTeX reads it, on one line."""
    if not text:
        return ""
    line = one_line(text)
    return line.translate(_SPECIAL) if _IS_SPECIAL.search(line) else line


def _protected(text: str, separator: str) -> str:
    """A text in braces where it holds what would divide it."""
    return f"{{{text}}}" if separator in text else text


def _names(people: Sequence[Person], are_all: bool = True) -> str:
    names = [_name(person) for person in people]
    return " and ".join(names if are_all else [*names, "others"])


def _name(person: Person) -> str:
    """``Last, Jr, First``; in braces what is one name, and what would be read as several."""
    if person.collective_name or not person.last_name:
        return f"{{{_text(person.name)}}}"
    last, given, suffix = (_part(part) for part in (person.last_name, person.given, person.suffix))
    if not given:
        return f"{{{' '.join(filter(None, (last, suffix)))}}}"
    return f"{last}, {suffix}, {given}" if suffix else f"{last}, {given}"


def _part(name: str | None) -> str:
    text = _text(name)
    return f"{{{text}}}" if "," in text or _AND.search(f" {text} ") else text
