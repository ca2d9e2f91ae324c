"""All of PubMed from its files: what the recipe's searches ask for is found in the bytes, only that is parsed and kept.

    names      which files there are, and in which order PubMed made them
    terms      the recipe's searches -> words that a record must hold, wherever in it
    finder     where words and tags stand in a block of bytes
    scan       one file -> records that hold the words, what it deletes, what else it names; what a worker does
    workers    files over the processors of this machine, or over a Dask cluster
    collect    the one writer: what workers found, stored in the order of the files

A record is found by words that it holds anywhere but in what it cites, so a few more are found than PubMed would: one
whose authors work at an institute of that name, say. Headings below a heading that a search names are not known here.

How long all of PubMed takes, by bytes, as measured with ``python -m tests.bench bulk`` (November 2026, one shared core
of an x86 server): {figures}
"""
