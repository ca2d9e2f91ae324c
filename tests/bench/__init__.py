"""How quick the program is, measured against its peers and against what cannot be beaten: ``make bench``.

    measure     rounds in turn, fresh processes, medians, figures and their targets
    table       the figures as the table of ``.github/BENCHMARKS.md``
    material    files and studies to measure on: grown ones, real ones where they are given
    readers     those who read PubMed's XML; what they read is compared before they are timed
    parse ...   the rows, each of which can be run alone

A row yields its figures as they come, and in words what should be known about them.
"""
