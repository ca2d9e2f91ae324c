"""What was found of an effect: worse, better, no change, mixed or unclear, and the sentence that says so.

clauses    where a sentence bends: "mood rose, but memory did not" speaks of each in a clause of its own
turns      what a wording says under what governs it: "no decline" is no change
wordings   what several wordings of a sentence come to
verdicts   what the sentences of a record come to
"""

from harvest.tag.findings.verdicts import Findings

__all__ = ["Findings"]
