"""All of PubMed from its files: what the recipe's searches ask for is found in the bytes, only that is parsed and kept.

    names      which files there are, and in which order PubMed made them
    terms      the recipe's searches -> words that a record must hold, wherever in it
    finder     where words and tags stand in a block of bytes
    scan       one file -> records that hold the words, what it deletes, what else it names; what a worker does
    workers    files over the processors of this machine, or over a Dask cluster
    collect    the one writer: what workers found, stored in the order of the files

A record is found by words that it holds anywhere but in what it cites, so a few more are found than PubMed would: one
whose authors work at an institute of that name, say. Headings below a heading that a search names are not known here.

How long all of PubMed takes, by bytes, from ``python -m tests.bench bulk`` (November 2026, one core of a shared x86
server, Python 3.11): a file of 54.5 MB (304 MB of XML) took 0.46 s with its MD5 summed, 118 MB of compressed bytes a
second; gunzip of the standard library alone took 0.68 s. The 1,334 baseline files are reported as 30 to 52 GB:

    52,000 MB / 118 MB/s = 441 s of one core, 7.4 minutes; 30,000 MB: 254 s

if the disk delivers as much. What is found comes on top, in the one writer, while workers go on: 32,000 studies take
110 s of a core at the 290 a second that are parsed, tagged and stored (``python -m tests.bench load``). Without the
extra ``bulk`` it takes three times as long.
"""
