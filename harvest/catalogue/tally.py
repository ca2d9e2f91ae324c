"""Adds up points for all studies at once.

The totals are held as binary numbers of which each digit is a set of studies, so that points are given to all the
studies of a set in a few operations on sets (bit slicing, O'Neil and Quass, SIGMOD 1997).
"""

from __future__ import annotations

from harvest.catalogue.sets import Studies


class Tally:
    """The points of all studies, none at first."""

    def __init__(self) -> None:
        self._digits: list[Studies] = []

    def add(self, studies: Studies, points: int) -> None:
        """Give each study of a set some points."""
        digits = self._digits
        carry = place = 0
        while carry or points >> place:
            if place == len(digits):
                digits.append(0)
            digit, addend = digits[place], studies if points >> place & 1 else 0
            digits[place] = digit ^ addend ^ carry
            carry = digit & addend | carry & (digit ^ addend)
            place += 1

    def most(self) -> int:
        """The points of the study that has most."""
        first, points = -1, 0
        for place in reversed(range(len(self._digits))):
            if having := first & self._digits[place]:
                first = having
                points |= 1 << place
        return points

    def at_least(self, points: int) -> Studies:
        """The studies that have so many points, which must be some."""
        more, equal = 0, -1
        for place in reversed(range(max(len(self._digits), points.bit_length()))):
            digit = self._digits[place] if place < len(self._digits) else 0
            if points >> place & 1:
                equal &= digit
            else:
                more |= equal & digit
                equal &= ~digit
        return more | equal

    def highest(self, among: Studies, count: int) -> Studies:
        """So many studies with the most points; of equals those with the higher PMIDs."""
        sure, open_ = 0, among
        for digit in reversed(self._digits):
            higher = open_ & digit
            if (sure | higher).bit_count() > count:
                open_ = higher
            else:
                sure, open_ = sure | higher, open_ & ~digit
        return sure | _last(open_, count - sure.bit_count())


def _last(studies: Studies, count: int) -> Studies:
    """The last studies of a set."""
    low, high = 0, studies.bit_length()
    while low < high:
        middle = (low + high) // 2
        if (studies >> middle).bit_count() > count:
            low = middle + 1
        else:
            high = middle
    return studies >> low << low
