"""The schema as numbered steps; each is one transaction, and none is edited once it has been released.

The columns are described for readers in a home's ``metadata.yaml``; a test holds the two together.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from harvest.model import cited_doi

migrations = Migrations("harvest")


@migrations(name="0001_studies")
def studies(db: Database) -> None:
    """A study and everything PubMed says of it."""
    _execute(
        db,
        """
        CREATE TABLE studies (
            pmid INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            abstract TEXT,
            journal TEXT,
            publication_date TEXT,
            publication_year INTEGER,
            entered TEXT,
            revised TEXT,
            doi TEXT,
            pmcid TEXT,
            language TEXT,
            -- what the tagger says; NULL where it says nothing
            relevance TEXT,
            species TEXT,
            design TEXT,
            participants INTEGER,
            follow_up_days INTEGER,
            notice TEXT NOT NULL DEFAULT 'none' CHECK (notice IN ('none', 'retracted', 'concern', 'corrected')),
            first_seen TEXT NOT NULL,
            missing_since TEXT,
            -- the joined lists stand here for full-text search and for whoever exports one flat table
            keywords TEXT,
            mesh TEXT,
            vernacular_title TEXT,
            journal_abbreviation TEXT,
            nlm_unique_id TEXT,
            issn TEXT,
            volume TEXT,
            issue TEXT,
            pages TEXT,
            publication_date_text TEXT,
            electronic_date TEXT,
            publication_model TEXT,
            publication_status TEXT,
            completed TEXT,
            kind TEXT NOT NULL CHECK (kind IN ('article', 'book')),
            status TEXT,
            indexing_method TEXT,
            version INTEGER NOT NULL,
            copyright TEXT,
            conflict_of_interest TEXT,
            authors_complete INTEGER NOT NULL CHECK (authors_complete IN (0, 1)),
            fingerprint TEXT NOT NULL
        ) STRICT;

        CREATE INDEX studies_entered ON studies (entered);
        CREATE INDEX studies_publication_date ON studies (publication_date);
        CREATE INDEX studies_publication_year ON studies (publication_year);
        CREATE INDEX studies_journal ON studies (journal);
        CREATE INDEX studies_language ON studies (language);
        CREATE INDEX studies_notice ON studies (notice);
        CREATE INDEX studies_doi ON studies (doi);
        CREATE INDEX studies_relevance ON studies (relevance);
        CREATE INDEX studies_species ON studies (species);
        CREATE INDEX studies_design ON studies (design);

        CREATE TABLE sections (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            section INTEGER NOT NULL,
            label TEXT,
            category TEXT,
            text TEXT NOT NULL,
            PRIMARY KEY (pmid, section)
        ) STRICT;

        CREATE TABLE other_abstracts (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            type TEXT NOT NULL,
            language TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE TABLE authors (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            last_name TEXT,
            fore_name TEXT,
            initials TEXT,
            suffix TEXT,
            collective_name TEXT,
            orcid TEXT
        ) STRICT;

        -- one row for each way a name is printed: NULLs are equal here
        CREATE UNIQUE INDEX authors_as_printed ON authors (
            name, coalesce(last_name, ''), coalesce(fore_name, ''), coalesce(initials, ''), coalesce(suffix, ''),
            coalesce(collective_name, ''), coalesce(orcid, '')
        );

        CREATE TABLE study_authors (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            author_id INTEGER NOT NULL REFERENCES authors (id),
            role TEXT NOT NULL CHECK (role IN ('author', 'editor', 'investigator')),
            affiliation TEXT,
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE INDEX study_authors_author ON study_authors (author_id);

        CREATE TABLE mesh_headings (ui TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;

        -- one row for each qualifier of a heading, one where it has none; position counts the study's rows
        CREATE TABLE study_mesh (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            ui TEXT NOT NULL REFERENCES mesh_headings (ui),
            major INTEGER NOT NULL CHECK (major IN (0, 1)),
            qualifier TEXT,
            qualifier_ui TEXT,
            descriptor_major INTEGER NOT NULL CHECK (descriptor_major IN (0, 1)),
            qualifier_major INTEGER CHECK (qualifier_major IN (0, 1)),
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE INDEX study_mesh_heading ON study_mesh (ui);

        CREATE TABLE supplementary_concepts (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            ui TEXT NOT NULL,
            name TEXT NOT NULL,
            type TEXT NOT NULL,
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE TABLE study_keywords (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            keyword TEXT NOT NULL,
            owner TEXT NOT NULL,
            major INTEGER NOT NULL CHECK (major IN (0, 1)),
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE INDEX study_keywords_keyword ON study_keywords (keyword);

        CREATE TABLE substances (ui TEXT PRIMARY KEY, name TEXT NOT NULL, registry_number TEXT) STRICT;

        CREATE TABLE study_substances (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            ui TEXT NOT NULL REFERENCES substances (ui),
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE INDEX study_substances_substance ON study_substances (ui);

        CREATE TABLE publication_types (ui TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;

        CREATE TABLE study_publication_types (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            ui TEXT NOT NULL REFERENCES publication_types (ui),
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE INDEX study_publication_types_type ON study_publication_types (ui);

        CREATE TABLE trials (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            registry TEXT NOT NULL,
            accession TEXT NOT NULL,
            origin TEXT NOT NULL CHECK (origin IN ('databank', 'abstract')),
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE INDEX trials_accession ON trials (accession);

        CREATE TABLE grants (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            grant_id TEXT,
            acronym TEXT,
            agency TEXT,
            country TEXT,
            PRIMARY KEY (pmid, position)
        ) STRICT;

        -- other_pmid refers to PubMed, not to studies: most notices and comments are not in this home
        CREATE TABLE links (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            other_pmid INTEGER,
            citation TEXT NOT NULL,
            note TEXT,
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE INDEX links_other ON links (other_pmid);

        CREATE TABLE article_ids (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            type TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE TABLE history (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            position INTEGER NOT NULL,
            status TEXT NOT NULL,
            date TEXT NOT NULL,
            PRIMARY KEY (pmid, position)
        ) STRICT;

        CREATE VIRTUAL TABLE studies_fts USING fts5 (
            title, abstract, keywords, mesh,
            content = 'studies', content_rowid = 'pmid', tokenize = 'unicode61 remove_diacritics 2'
        );

        CREATE TRIGGER studies_fts_insert AFTER INSERT ON studies BEGIN
            INSERT INTO studies_fts (rowid, title, abstract, keywords, mesh)
            VALUES (new.pmid, new.title, new.abstract, new.keywords, new.mesh);
        END;

        CREATE TRIGGER studies_fts_delete AFTER DELETE ON studies BEGIN
            INSERT INTO studies_fts (studies_fts, rowid, title, abstract, keywords, mesh)
            VALUES ('delete', old.pmid, old.title, old.abstract, old.keywords, old.mesh);
        END;

        CREATE TRIGGER studies_fts_update AFTER UPDATE OF title, abstract, keywords, mesh ON studies BEGIN
            INSERT INTO studies_fts (studies_fts, rowid, title, abstract, keywords, mesh)
            VALUES ('delete', old.pmid, old.title, old.abstract, old.keywords, old.mesh);
            INSERT INTO studies_fts (rowid, title, abstract, keywords, mesh)
            VALUES (new.pmid, new.title, new.abstract, new.keywords, new.mesh);
        END;
        """,
    )


@migrations(name="0002_tags")
def tags(db: Database) -> None:
    """The taxonomy as published, the tags of each study and the phrase behind each."""
    _execute(
        db,
        """
        CREATE TABLE tags (
            facet TEXT NOT NULL,
            tag TEXT NOT NULL,
            parent TEXT,
            label TEXT NOT NULL,
            definition TEXT NOT NULL,
            PRIMARY KEY (facet, tag)
        ) STRICT;

        -- every parent of a tag: tags.parent holds the first
        CREATE TABLE tag_parents (
            facet TEXT NOT NULL,
            tag TEXT NOT NULL,
            parent TEXT NOT NULL,
            PRIMARY KEY (facet, tag, parent),
            FOREIGN KEY (facet, tag) REFERENCES tags (facet, tag),
            FOREIGN KEY (facet, parent) REFERENCES tags (facet, tag)
        ) STRICT;

        CREATE TABLE study_tags (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            facet TEXT NOT NULL,
            tag TEXT NOT NULL,
            basis TEXT NOT NULL CHECK (basis IN ('text', 'mesh', 'keyword', 'publication-type', 'curated')),
            finding TEXT CHECK (finding IN ('worse', 'better', 'no-change', 'mixed', 'unclear')),
            PRIMARY KEY (pmid, facet, tag),
            FOREIGN KEY (facet, tag) REFERENCES tags (facet, tag)
        ) STRICT;

        CREATE INDEX study_tags_facet ON study_tags (facet, tag, pmid);
        CREATE INDEX study_tags_tag ON study_tags (tag);
        CREATE INDEX study_tags_basis ON study_tags (basis);

        -- position 1 is the strongest evidence of its tag
        CREATE TABLE tag_evidence (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            facet TEXT NOT NULL,
            tag TEXT NOT NULL,
            position INTEGER NOT NULL,
            basis TEXT NOT NULL CHECK (basis IN ('text', 'mesh', 'keyword', 'publication-type', 'curated')),
            section INTEGER,
            phrase TEXT NOT NULL,
            "start" INTEGER,
            "end" INTEGER,
            source_id TEXT,
            PRIMARY KEY (pmid, facet, tag, position)
        ) STRICT;
        """,
    )


@migrations(name="0003_runs")
def runs(db: Database) -> None:
    """What was asked of PubMed, when, and what came of it."""
    _execute(
        db,
        """
        -- facts about this database: kind is 'live' or 'sample', taxonomy the digest of the tags it carries
        CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

        -- a source of the recipe; watermark is the day up to which everything it named is stored
        CREATE TABLE sources (
            name TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('feed', 'search')),
            watermark TEXT,
            last_success TEXT,
            etag TEXT,
            last_modified TEXT
        ) STRICT;

        CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            command TEXT NOT NULL,
            started TEXT NOT NULL,
            finished TEXT,
            status TEXT NOT NULL CHECK (status IN ('running', 'ok', 'failed', 'interrupted')),
            new INTEGER NOT NULL DEFAULT 0,
            revised INTEGER NOT NULL DEFAULT 0,
            unchanged INTEGER NOT NULL DEFAULT 0,
            error TEXT
        ) STRICT;

        CREATE TABLE run_sources (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            source TEXT NOT NULL,
            since TEXT,
            query TEXT,
            translated_query TEXT,
            expected INTEGER,
            found INTEGER,
            new INTEGER NOT NULL DEFAULT 0,
            revised INTEGER NOT NULL DEFAULT 0,
            missing TEXT,
            warnings TEXT,
            error TEXT,
            PRIMARY KEY (run_id, source)
        ) STRICT;

        -- what a source named; pending until PubMed has described it, missing where PubMed did not
        CREATE TABLE sightings (
            pmid INTEGER NOT NULL,
            source TEXT NOT NULL,
            seen TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'missing')),
            PRIMARY KEY (pmid, source)
        ) STRICT;

        CREATE INDEX sightings_state ON sightings (state);
        """,
    )


@migrations(name="0004_history")
def history(db: Database) -> None:
    """What changed, what PubMed no longer has, what people decided, and links from both of their ends."""
    _execute(
        db,
        """
        CREATE TABLE changes (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            changed_at TEXT NOT NULL,
            field TEXT NOT NULL,
            old TEXT,
            new TEXT,
            PRIMARY KEY (pmid, changed_at, field)
        ) STRICT;

        CREATE INDEX changes_changed_at ON changes (changed_at);

        -- the day on which PubMed last described a study; the slow cycle asks for the longest unseen first
        ALTER TABLE studies ADD COLUMN checked TEXT;
        UPDATE studies SET checked = substr(first_seen, 1, 10);
        CREATE INDEX studies_checked ON studies (checked);

        -- days on which PubMed was asked for a PMID and left it out
        CREATE TABLE misses (
            pmid INTEGER NOT NULL,
            day TEXT NOT NULL,
            PRIMARY KEY (pmid, day)
        ) STRICT;

        CREATE TABLE curation (
            pmid INTEGER NOT NULL,
            facet TEXT NOT NULL,
            tag TEXT NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('include', 'exclude')),
            reason TEXT NOT NULL,
            curated_at TEXT NOT NULL,
            PRIMARY KEY (pmid, facet, tag)
        ) STRICT;

        -- a link that only the other study's record states has 0 here; its position counts from 1001
        ALTER TABLE links ADD COLUMN stated INTEGER NOT NULL DEFAULT 1 CHECK (stated IN (0, 1));

        -- the DOI in the citation, in lower case: PubMed does not always give the other study's PMID
        ALTER TABLE links ADD COLUMN doi TEXT;
        CREATE INDEX links_doi ON links (doi);

        -- how many studies PubMed had for the whole expression when it was last asked
        ALTER TABLE sources ADD COLUMN total INTEGER;
        """,
    )
    for pmid, position, citation in db.execute("SELECT pmid, position, citation FROM links").fetchall():
        db.conn.execute(
            "UPDATE links SET doi = ? WHERE pmid = ? AND position = ?", (cited_doi(citation), pmid, position)
        )


@migrations(name="0005_sources")
def sources(db: Database) -> None:
    """What a source is and from when on it was asked; deletions that came before what they delete; DOIs in any case."""
    _execute(
        db,
        """
        -- identity is a digest of the expression or address: another one is another source under the same name.
        -- asked_from is the earliest day asked about since the source was last followed without a gap.
        ALTER TABLE sources ADD COLUMN identity TEXT;
        ALTER TABLE sources ADD COLUMN asked_from TEXT;

        -- records that PubMed withdrew before they came here, as files may be read in any order
        CREATE TABLE withdrawals (pmid INTEGER PRIMARY KEY, noted_at TEXT NOT NULL) STRICT;

        CREATE INDEX studies_doi_any_case ON studies (doi COLLATE NOCASE);
        """,
    )


@migrations(name="0006_findings")
def findings(db: Database) -> None:
    """What is asked of every study, which sentence tells a finding, and how well the tags agree with readers."""
    _execute(
        db,
        """
        CREATE TABLE facets (
            facet TEXT PRIMARY KEY,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('list', 'single', 'number')),
            label TEXT NOT NULL,
            definition TEXT NOT NULL
        ) STRICT;

        -- evidence of a finding is the sentence that states it; it stands after that of its tag
        ALTER TABLE tag_evidence ADD COLUMN role TEXT NOT NULL DEFAULT 'tag' CHECK (role IN ('tag', 'finding'));

        -- the tag '(all)' stands for a facet as a whole; rules is the digest of the tagger that was measured
        CREATE TABLE tag_accuracy (
            facet TEXT NOT NULL,
            tag TEXT NOT NULL,
            measured_on TEXT NOT NULL,
            n INTEGER NOT NULL,
            positives INTEGER NOT NULL,
            precision REAL,
            recall REAL,
            f1 REAL,
            low REAL,
            high REAL,
            measured_at TEXT NOT NULL,
            rules TEXT NOT NULL,
            PRIMARY KEY (facet, tag, measured_on)
        ) STRICT;
        """,
    )


@migrations(name="0007_lookup")
def lookup(db: Database) -> None:
    """What readers call each tag, and words found in all their forms."""
    _execute(
        db,
        """
        CREATE TABLE tag_synonyms (
            facet TEXT NOT NULL,
            tag TEXT NOT NULL,
            position INTEGER NOT NULL,
            synonym TEXT NOT NULL,
            PRIMARY KEY (facet, tag, position),
            FOREIGN KEY (facet, tag) REFERENCES tags (facet, tag)
        ) STRICT;

        -- the studies whose titles say what they are tagged with
        CREATE INDEX tag_evidence_title ON tag_evidence (facet, tag, pmid) WHERE section = 0 AND role = 'tag';

        -- porter: "infusions" and "infused" find "infusion"
        DROP TABLE studies_fts;
        CREATE VIRTUAL TABLE studies_fts USING fts5 (
            title, abstract, keywords, mesh,
            content = 'studies', content_rowid = 'pmid', tokenize = 'porter unicode61 remove_diacritics 2'
        );
        INSERT INTO studies_fts (studies_fts) VALUES ('rebuild');
        """,
    )


@migrations(name="0008_digests")
def digests(db: Database) -> None:
    """What has been told in digests."""
    _execute(
        db,
        """
        -- the same thing is told once: that a study is new, and each notice about it
        CREATE TABLE digest_studies (
            pmid INTEGER NOT NULL REFERENCES studies (pmid),
            news TEXT NOT NULL CHECK (news IN ('new', 'retracted', 'concern', 'corrected')),
            told_at TEXT NOT NULL,
            PRIMARY KEY (pmid, news)
        ) STRICT;

        CREATE INDEX digest_studies_told_at ON digest_studies (told_at);
        """,
    )


@migrations(name="0009_feeds")
def feeds(db: Database) -> None:
    """The order in which studies came here, for feeds: without reading their texts."""
    _execute(db, "CREATE INDEX studies_first_seen ON studies (first_seen, entered);")


@migrations(name="0010_files")
def files(db: Database) -> None:
    """PubMed's numbered files that have been read, and which of them last named each study."""
    _execute(
        db,
        """
        -- a file is read again when its size or time, or the words looked for (a digest of them), are others
        CREATE TABLE files (
            name TEXT PRIMARY KEY,
            words TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            done_at TEXT NOT NULL,
            records INTEGER NOT NULL,
            hits INTEGER NOT NULL,
            deletions INTEGER NOT NULL
        ) STRICT;

        -- what a file says of a study stands until a later one says otherwise, in whatever order they are read;
        -- fingerprint is that of the record it brought, NULL where it withdrew the study
        CREATE TABLE file_records (pmid INTEGER PRIMARY KEY, file TEXT NOT NULL, fingerprint TEXT) STRICT;
        """,
    )


@migrations(name="0011_withdrawn")
def withdrawn(db: Database) -> None:
    """The few studies that PubMed no longer has, counted without reading all the others."""
    _execute(db, "CREATE INDEX studies_missing_since ON studies (missing_since) WHERE missing_since IS NOT NULL;")


def _execute(db: Database, script: str) -> None:
    """Run a script statement by statement: ``executescript`` would commit the transaction that a step runs in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""
