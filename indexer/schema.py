"""The tables of a library in PostgreSQL: those that all its versions share, and the SQLite store's for each version."""

from __future__ import annotations

from typing import Final

SHARED: Final = """
CREATE SCHEMA IF NOT EXISTS {name};
CREATE TABLE IF NOT EXISTS {name}.versions (
    n INTEGER PRIMARY KEY, collection TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('building', 'current', 'old'))
);
CREATE UNIQUE INDEX IF NOT EXISTS one_current ON {name}.versions (state) WHERE state = 'current';
CREATE TABLE IF NOT EXISTS {name}.jobs (
    id TEXT PRIMARY KEY, created TEXT COLLATE "C" NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE SEQUENCE IF NOT EXISTS {name}.document_keys;
CREATE SEQUENCE IF NOT EXISTS {name}.passage_keys;
CREATE TABLE IF NOT EXISTS {name}.audit (n BIGINT PRIMARY KEY, line BYTEA NOT NULL);
"""
# A key is never used again, in no version: what readers keep in memory, they keep by it.
# Text is compared by its bytes, as SQLite does; a text holds no NUL here, so U+FFFD stands for each.
VERSION: Final = """
CREATE SCHEMA {name};
SET LOCAL search_path = {name};
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    key BIGINT DEFAULT nextval('{library}.document_keys') PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    source TEXT COLLATE "C" NOT NULL, root TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL, publisher TEXT COLLATE "C", date TEXT COLLATE "C", language TEXT COLLATE "C",
    address TEXT, media_type TEXT COLLATE "C" NOT NULL, sha256 TEXT COLLATE "C" NOT NULL, described TEXT NOT NULL,
    size BIGINT NOT NULL, mtime_ns BIGINT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (root, source)
);
CREATE TABLE paragraphs (
    document BIGINT NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT COLLATE "C", label_kind TEXT, kind TEXT NOT NULL, heading_path TEXT NOT NULL, page INTEGER,
    char_start INTEGER NOT NULL, char_end INTEGER NOT NULL,
    PRIMARY KEY (document, number)
);
CREATE TABLE vectors (hash BYTEA PRIMARY KEY, vector BYTEA NOT NULL);
CREATE TABLE passages (
    key BIGINT DEFAULT nextval('{library}.passage_keys') PRIMARY KEY,
    document BIGINT NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    first INTEGER NOT NULL, last INTEGER NOT NULL,
    char_start INTEGER NOT NULL, char_end INTEGER NOT NULL,
    tokens INTEGER NOT NULL, boilerplate INTEGER NOT NULL,
    embedded BYTEA NOT NULL REFERENCES vectors (hash)
);
CREATE INDEX passages_by_document ON passages (document);
CREATE INDEX passages_by_vector ON passages (embedded);
CREATE TABLE keywords (
    key BIGINT PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE, words TSVECTOR NOT NULL, tokens INTEGER NOT NULL
);
CREATE INDEX keywords_by_word ON keywords USING gin (words);
CREATE TABLE vocabulary (term TEXT COLLATE "C" PRIMARY KEY, doc BIGINT NOT NULL);
CREATE TABLE totals (passages BIGINT NOT NULL, tokens BIGINT NOT NULL);
INSERT INTO totals VALUES (0, 0);
CREATE TABLE seals (document BIGINT PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE, seal BYTEA NOT NULL);
CREATE TABLE refusals (
    root TEXT COLLATE "C" NOT NULL, source TEXT COLLATE "C" NOT NULL, size BIGINT NOT NULL, mtime_ns BIGINT NOT NULL,
    reading INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (root, source)
);
CREATE TABLE unsettled (key BIGINT PRIMARY KEY);
INSERT INTO meta VALUES ('generation', '0'), ('format', '{format}');
"""
