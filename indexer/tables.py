"""The tables of an index, as SQLite has them."""

TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL, root TEXT NOT NULL,
    title TEXT NOT NULL, publisher TEXT, date TEXT, language TEXT, address TEXT,
    media_type TEXT NOT NULL, sha256 TEXT NOT NULL, described TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (root, source)
);
CREATE TABLE IF NOT EXISTS paragraphs (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT, label_kind TEXT, kind TEXT NOT NULL, heading_path TEXT NOT NULL, page INTEGER,
    char_start INTEGER NOT NULL, char_end INTEGER NOT NULL,
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS paragraphs_by_label ON paragraphs (document, label) WHERE label IS NOT NULL;
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    first INTEGER NOT NULL, last INTEGER NOT NULL,
    char_start INTEGER NOT NULL, char_end INTEGER NOT NULL,
    tokens INTEGER NOT NULL, boilerplate INTEGER NOT NULL,
    embedded BLOB NOT NULL REFERENCES vectors (hash)
);
CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document);
CREATE INDEX IF NOT EXISTS passages_by_vector ON passages (embedded);
CREATE TABLE IF NOT EXISTS seals (
    document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE, seal BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS keywords USING fts5 (context, words, tokenize = "unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab (keywords, row);
CREATE TABLE IF NOT EXISTS refusals (
    root TEXT NOT NULL, source TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    reading INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (root, source)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, created TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO meta VALUES ('generation', '0');
"""
