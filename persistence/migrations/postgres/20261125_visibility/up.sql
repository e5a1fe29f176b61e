-- Records know who sees them while they are published; until now that was everybody.
ALTER TABLE records ADD COLUMN visibility text COLLATE "C" NOT NULL DEFAULT 'public';

-- Events know that, too, and whether every member may be told of them. Of those from before, members know what everybody
-- knows.
ALTER TABLE events ADD COLUMN members boolean NOT NULL DEFAULT false;
ALTER TABLE events ADD COLUMN visibility text COLLATE "C" NOT NULL DEFAULT 'public';
ALTER TABLE events ALTER COLUMN members DROP DEFAULT;
ALTER TABLE events ALTER COLUMN visibility DROP DEFAULT;

-- What members may be told of and not everybody. Beside the public events it is little, and so are these.
CREATE INDEX events_of_members ON events (sequence) WHERE members AND NOT public;
CREATE INDEX events_of_members_kind ON events (noun, type, (sequence + 0)) WHERE members AND NOT public;
