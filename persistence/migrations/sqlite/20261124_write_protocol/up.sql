-- Records know another organisation that they concern, and when they were published first.
ALTER TABLE records ADD COLUMN party TEXT;
ALTER TABLE records ADD COLUMN published_at INTEGER;
UPDATE records SET published_at = created_at WHERE publication IN ('published', 'withdrawn');

-- Events know whom they may be told. Of those from before this was kept: the record was public after the event, or
-- until it (it was withdrawn or purged, or became a draft). Drafts that followed a draft stay hidden.
-- The table is made anew so that the document stays last: a column behind it is read through all of its pages.
CREATE TABLE events_with_sight (
    sequence    INTEGER NOT NULL PRIMARY KEY CHECK (sequence >= 1),
    time        INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    noun        TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    slug        TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    publication TEXT    NOT NULL,
    public      INTEGER NOT NULL CHECK (public IN (0, 1)),
    owner       TEXT,
    party       TEXT,
    actor       TEXT,
    token_id    TEXT,
    request_id  TEXT,
    comment     TEXT,
    document    TEXT
) STRICT;

INSERT INTO events_with_sight
SELECT e.sequence, e.time, e.type, e.noun, e.subject, e.slug, e.revision, e.publication,
    l.publication = 'published' OR l.before IS 'published' OR (l.publication = 'withdrawn' AND l.ever),
    e.owner, NULL, e.actor, e.token_id, e.request_id, e.comment, e.document
FROM (
    SELECT sequence, publication,
        lag(publication) OVER log AS before,
        max(publication = 'published') OVER log AS ever
    FROM events
    WINDOW log AS (PARTITION BY noun, subject ORDER BY sequence)
) AS l
CROSS JOIN events AS e ON e.sequence = l.sequence
ORDER BY e.sequence;

DROP TABLE events;
ALTER TABLE events_with_sight RENAME TO events;

-- Each filter of the log has an index that gives its events in order. With `sequence + 0` only that index has the order:
-- else PostgreSQL, where it guesses wrong how many rows match, walks the whole log by its primary key instead.
CREATE INDEX events_of_subject ON events (subject, noun, revision, sequence);
CREATE INDEX events_of_kind ON events (noun, type, public, (sequence + 0));
CREATE INDEX events_public ON events (sequence) WHERE public;
CREATE INDEX events_of_owner ON events (owner, (sequence + 0)) WHERE owner IS NOT NULL;
CREATE INDEX events_of_party ON events (party, (sequence + 0)) WHERE party IS NOT NULL;
CREATE INDEX events_of_time ON events (time, sequence);

-- A purge now removes also who wrote before it: what was purged earlier follows.
UPDATE events SET document = NULL, actor = NULL, token_id = NULL, request_id = NULL, comment = NULL
WHERE sequence IN (
    SELECT e.sequence
    FROM events AS p JOIN events AS e ON e.subject = p.subject AND e.noun = p.noun AND e.sequence < p.sequence
    WHERE p.type = 'purged'
);

-- Answers of requests with an idempotency key, kept in the transaction of their effect.
CREATE TABLE kept_answers (
    client      TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    status      INTEGER NOT NULL,
    location    TEXT,
    etag        TEXT,
    body        TEXT    NOT NULL,
    about       TEXT    NOT NULL, -- ids of the records that the request wrote, with spaces between
    kept_at     INTEGER NOT NULL,
    PRIMARY KEY (client, key)
) STRICT;

CREATE INDEX kept_answers_of_time ON kept_answers (kept_at);

-- Clients of the built-in issuer.
CREATE TABLE clients (
    id           TEXT    NOT NULL PRIMARY KEY,
    organisation TEXT    NOT NULL,
    scopes       TEXT    NOT NULL, -- codes with spaces between
    secret_hash  TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER
) STRICT;
