"""Sources name studies, PubMed describes them, one parser reads, one store keeps, one tagger says what they are about.

    sources/  feeds and searches -> PMIDs            medline  XML -> Study
    pubmed    PMIDs -> XML                           store/   Study -> SQLite, the only writer
    pipeline  the order in which it happens          tag/     Study -> tags with evidence
    bulk/     PubMed's files -> records, over many processes or machines

The subject is nowhere in this package: it is data in a home (see ``db/``), which Datasette publishes as it is.
"""

from importlib.metadata import version

__version__ = version("harvest")
