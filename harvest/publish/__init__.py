"""Takes studies out of a home: to citation managers, spreadsheets, programs and feed readers.

    record      a study as it is taken away, read in batches
    selection   which studies an address names
    wording     what the formats have in common: one line, page ranges, marks of retraction
    ris, bibtex, csl, table, jsons   the formats, each study by itself
    formats     the formats by the ending of an address
    download    an answer that is made while it is sent
    atom        feeds
    schema      the shapes of JSON, described
    items       studies as a digest tells of them
    digest      what has come since the last digest, told once
    letter      a digest as a page, as plain text and as a message
    mail        sends a message
    snapshot    a home as it stands, in a dated folder of its own, with what is told of it
    rights      what of a copy others may have
    dictionary  what every table and column means
    parquet     the tables for DuckDB and pandas

Nothing here writes to the database of a home, and nothing here knows the subject.
"""
