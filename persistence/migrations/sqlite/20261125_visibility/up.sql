-- Records know who sees them while they are published; until now that was everybody.
ALTER TABLE records ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';

-- Events know that, too, and whether every member may be told of them. Of those from before, members know what everybody
-- knows. The table is made anew so that the document stays last: a column behind it is read through all of its pages.
CREATE TABLE events_with_visibility (
    sequence    INTEGER NOT NULL PRIMARY KEY CHECK (sequence >= 1),
    time        INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    noun        TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    slug        TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    publication TEXT    NOT NULL,
    public      INTEGER NOT NULL CHECK (public IN (0, 1)),
    members     INTEGER NOT NULL CHECK (members IN (0, 1)),
    visibility  TEXT    NOT NULL,
    owner       TEXT,
    party       TEXT,
    actor       TEXT,
    token_id    TEXT,
    request_id  TEXT,
    comment     TEXT,
    document    TEXT
) STRICT;

INSERT INTO events_with_visibility
SELECT sequence, time, type, noun, subject, slug, revision, publication, public, 0, 'public', owner, party, actor, token_id,
    request_id, comment, document
FROM events ORDER BY sequence;

DROP TABLE events;
ALTER TABLE events_with_visibility RENAME TO events;

CREATE INDEX events_of_subject ON events (subject, noun, revision, sequence);
CREATE INDEX events_of_kind ON events (noun, type, public, (sequence + 0));
CREATE INDEX events_public ON events (sequence) WHERE public;
CREATE INDEX events_of_owner ON events (owner, (sequence + 0)) WHERE owner IS NOT NULL;
CREATE INDEX events_of_party ON events (party, (sequence + 0)) WHERE party IS NOT NULL;
CREATE INDEX events_of_time ON events (time, sequence);

-- What members may be told of and not everybody. Beside the public events it is little, and so are these.
CREATE INDEX events_of_members ON events (sequence) WHERE members AND NOT public;
CREATE INDEX events_of_members_kind ON events (noun, type, (sequence + 0)) WHERE members AND NOT public;
