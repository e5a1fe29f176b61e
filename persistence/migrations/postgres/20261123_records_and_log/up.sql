-- Every record of every noun: the written document, and beside it what is filtered, sorted or guarded by.
CREATE TABLE records (
    noun        text   COLLATE "C" NOT NULL,
    id          text   COLLATE "C" NOT NULL,
    slug        text   COLLATE "C" NOT NULL,
    revision    bigint NOT NULL CHECK (revision >= 1),
    publication text   COLLATE "C" NOT NULL,
    owner       text   COLLATE "C",
    created_at  bigint NOT NULL, -- microseconds since 1970-01-01T00:00:00Z
    updated_at  bigint NOT NULL,
    document    text   NOT NULL,
    PRIMARY KEY (noun, id),
    UNIQUE (noun, slug)
);

-- Slugs that a record had before. They keep pointing to it, and no other record of the noun may take them.
CREATE TABLE slugs (
    noun text COLLATE "C" NOT NULL,
    slug text COLLATE "C" NOT NULL,
    id   text COLLATE "C" NOT NULL,
    PRIMARY KEY (noun, slug),
    FOREIGN KEY (noun, id) REFERENCES records (noun, id) ON DELETE CASCADE
);

CREATE INDEX slugs_of_record ON slugs (noun, id);

-- The log: one row for each write of a record, in commit order, without gaps.
CREATE TABLE events (
    sequence    bigint NOT NULL PRIMARY KEY CHECK (sequence >= 1),
    time        bigint NOT NULL,
    type        text   COLLATE "C" NOT NULL,
    noun        text   COLLATE "C" NOT NULL,
    subject     text   COLLATE "C" NOT NULL,
    slug        text   COLLATE "C" NOT NULL,
    revision    bigint NOT NULL,
    publication text   COLLATE "C" NOT NULL,
    owner       text   COLLATE "C",
    actor       text,
    token_id    text,
    request_id  text,
    comment     text,
    document    text
);

CREATE INDEX events_of_subject ON events (noun, subject, sequence);

-- Sequence of the last event. Raised last in the transaction of a write, so that sequences follow commits.
-- Room on the page lets the one row be updated in place, without a growing index.
CREATE TABLE feed_head (
    one integer NOT NULL PRIMARY KEY CHECK (one = 1),
    seq bigint  NOT NULL CHECK (seq >= 0)
) WITH (fillfactor = 10);

INSERT INTO feed_head (one, seq) VALUES (1, 0);
