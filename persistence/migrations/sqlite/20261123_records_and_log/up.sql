-- Every record of every noun: the written document, and beside it what is filtered, sorted or guarded by.
CREATE TABLE records (
    noun        TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    slug        TEXT    NOT NULL,
    revision    INTEGER NOT NULL CHECK (revision >= 1),
    publication TEXT    NOT NULL,
    owner       TEXT,
    created_at  INTEGER NOT NULL, -- microseconds since 1970-01-01T00:00:00Z
    updated_at  INTEGER NOT NULL,
    document    TEXT    NOT NULL,
    PRIMARY KEY (noun, id),
    UNIQUE (noun, slug)
) STRICT;

-- Slugs that a record had before. They keep pointing to it, and no other record of the noun may take them.
CREATE TABLE slugs (
    noun TEXT NOT NULL,
    slug TEXT NOT NULL,
    id   TEXT NOT NULL,
    PRIMARY KEY (noun, slug),
    FOREIGN KEY (noun, id) REFERENCES records (noun, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX slugs_of_record ON slugs (noun, id);

-- The log: one row for each write of a record, in commit order, without gaps.
CREATE TABLE events (
    sequence    INTEGER NOT NULL PRIMARY KEY CHECK (sequence >= 1),
    time        INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    noun        TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    slug        TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    publication TEXT    NOT NULL,
    owner       TEXT,
    actor       TEXT,
    token_id    TEXT,
    request_id  TEXT,
    comment     TEXT,
    document    TEXT
) STRICT;

CREATE INDEX events_of_subject ON events (noun, subject, sequence);

-- Sequence of the last event. Raised last in the transaction of a write, so that sequences follow commits.
CREATE TABLE feed_head (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL CHECK (seq >= 0)
) STRICT;

INSERT INTO feed_head (one, seq) VALUES (1, 0);
