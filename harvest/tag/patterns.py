"""Patterns that are tried only where a cheap look promises that they may be found."""

from __future__ import annotations

import re

from harvest.tag.reading import Span


class Guarded:
    """A pattern with the stems of which a text must hold one, in whatever case, for the pattern to be found in it.

    Most texts hold none, and to look for a few stems costs much less than to try the pattern at every character.
    """

    def __init__(self, stems: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self._stems = stems.split("|")
        self._pattern = re.compile(pattern, flags)

    def may_hold(self, text: str) -> bool:
        """Whether one of the stems stands in the text."""
        return any(map(text.lower().__contains__, self._stems))

    def span(self, text: str, start: int, end: int) -> Span | None:
        """Where the pattern is first found in this part of the text, if anywhere."""
        found = self._pattern.search(text, start, end) if self.may_hold(text[start:end]) else None
        return found.span() if found else None

    def holds(self, text: str) -> bool:
        """Whether the pattern is found anywhere in the text."""
        return self.may_hold(text) and self._pattern.search(text) is not None

    def begins(self, text: str) -> bool:
        """Whether the pattern is found at the start of the text."""
        return self.may_hold(text) and self._pattern.match(text) is not None

    def starts(self, text: str, start: int, end: int) -> list[int]:
        """Where the pattern is found in this part of the text."""
        if not self.may_hold(text[start:end]):
            return []
        return [match.start() for match in self._pattern.finditer(text, start, end)]
