"""Says what a study is about, and shows the words that say so.

    taxonomy       what there is to be about: facets, tags, their phrases and MeSH headings (data of a home)
    terms          every phrase of the taxonomy and of ``cues`` (the language of abstracts) is found in one pass
    sentences      sections become sentences, each with its role: background, objective, methods, results, conclusion
    abbreviations  "chronic heart failure (CHF)": from there on CHF is a mention too
    spoken         "thirty-five" is 35
    durations      "followed for 12 weeks" is 84 days
    ages           "aged 18 to 65" is from 18 to 65 years
    reading        all of that put together: for each sentence what it mentions
    context        what a mention counts: little in the background, nothing among exclusion criteria
    decision       points add up to tags; each mention that gave points is evidence
    patterns       patterns that are tried only where a cheap look promises something
    findings       what was found of an effect: worse, better, no change, mixed, and the sentence that says so
    numbers        the figures of a text, in digits and in words
    participants   how many people the results rest on
    follow_up      after how many days the last outcome is told
    tagger         all of it, one study at a time
    crew           the same in several processes, where there is much to tag

Nothing here knows the subject; another taxonomy makes it another tracker.
"""

from harvest.tag.crew import Crew
from harvest.tag.tagger import Tagger
from harvest.tag.taxonomy import Taxonomy, load

__all__ = ["Crew", "Tagger", "Taxonomy", "load"]
