"""How many people the results of a record rest on.

counts     figures that count people: "84 patients", "(n = 42)"
groups     how such counts add up: part and whole, "each"
totals     which of them the results rest on
"""

from harvest.tag.participants.totals import read

__all__ = ["read"]
