"""Looks studies up as a reader would: by words, by what they are about, by numbers and years.

    sets        which studies have what, held in memory as sets of bits
    query       what a reader typed, taken apart: words, phrases, exclusions, fields
    spelling    the word that was meant, and how it is spelled elsewhere
    notions     the words read as what they name
    filters     what a reader ticked, as sets of studies
    tally       points added up for all studies at once
    search      what was asked, found and put in order
    feedback    the order made better by what the best ones share
    lookup      a search as an address holds it
    overview    what a reader who looks around is shown, counted
    cards       what a list shows of each study
    marks       a text cut where evidence begins and ends
    similar     studies that share the rarest of what a study has
    citation    a study as a reference list has it
    harvests    how the harvests of a database went, and whether all is well
    settings    what a site is set to
    held        the sets of a served database, kept in memory and renewed

Nothing here writes to the database, and nothing here knows of pages.
"""
