-- Records know another organisation that they concern, and when they were published first.
ALTER TABLE records ADD COLUMN party text COLLATE "C";
ALTER TABLE records ADD COLUMN published_at bigint;
UPDATE records SET published_at = created_at WHERE publication IN ('published', 'withdrawn');

-- Events know whom they may be told. Of those from before this was kept: the record was public after the event, or
-- until it (it was withdrawn or purged, or became a draft). Drafts that followed a draft stay hidden.
ALTER TABLE events ADD COLUMN public boolean NOT NULL DEFAULT false;
ALTER TABLE events ADD COLUMN party text COLLATE "C";
UPDATE events AS e SET public = true
FROM (
    SELECT sequence, publication,
        lag(publication) OVER log AS before,
        bool_or(publication = 'published') OVER log AS ever
    FROM events
    WINDOW log AS (PARTITION BY noun, subject ORDER BY sequence)
) AS l
WHERE l.sequence = e.sequence
    AND (l.publication = 'published' OR l.before = 'published' OR (l.publication = 'withdrawn' AND l.ever));
ALTER TABLE events ALTER COLUMN public DROP DEFAULT;

-- Each filter of the log has an index that gives its events in order. With `sequence + 0` only that index has the order:
-- else PostgreSQL, where it guesses wrong how many rows match, walks the whole log by its primary key instead.
DROP INDEX events_of_subject;
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
    client      text    COLLATE "C" NOT NULL,
    key         text    COLLATE "C" NOT NULL,
    fingerprint text    NOT NULL,
    status      integer NOT NULL,
    location    text,
    etag        text,
    body        text    NOT NULL,
    about       text    NOT NULL, -- ids of the records that the request wrote, with spaces between
    kept_at     bigint  NOT NULL,
    PRIMARY KEY (client, key)
);

CREATE INDEX kept_answers_of_time ON kept_answers (kept_at);

-- Clients of the built-in issuer.
CREATE TABLE clients (
    id           text   COLLATE "C" NOT NULL PRIMARY KEY,
    organisation text   COLLATE "C" NOT NULL,
    scopes       text   NOT NULL, -- codes with spaces between
    secret_hash  text   NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint
);
