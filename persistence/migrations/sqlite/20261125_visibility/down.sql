-- The version before shows to everybody what is published, and would so show it again after the next way up: what not
-- everybody sees becomes a draft.
UPDATE records SET publication = 'draft' WHERE visibility <> 'public' AND publication IN ('published', 'withdrawn');
UPDATE events SET publication = 'draft' WHERE visibility <> 'public' AND publication IN ('published', 'withdrawn');

DROP INDEX events_of_members_kind;
DROP INDEX events_of_members;
ALTER TABLE events DROP COLUMN visibility;
ALTER TABLE events DROP COLUMN members;
ALTER TABLE records DROP COLUMN visibility;
