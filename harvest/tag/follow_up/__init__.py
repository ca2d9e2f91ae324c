"""After how many days the last outcome is told.

times      the times that a sentence tells: "at 6 weeks", "days 1, 3 and 7"
outside    which of them are none of the study's: ages, intervals, recruitment
kinds      what the others are: of an outcome, of a course, after its end
last       which of them, or which two together, is the last
"""

from harvest.tag.follow_up.last import read

__all__ = ["read"]
