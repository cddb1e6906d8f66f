-- The secret before the last rotation, while it is still valid beside the new
-- one, with the epoch of its token. The number of rotations tells which secret
-- opened a stream of events.
ALTER TABLE app ADD COLUMN old_secret BYTEA; -- NULL: there is none
ALTER TABLE app ADD COLUMN old_epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app ADD COLUMN old_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app ADD COLUMN rotations BIGINT NOT NULL DEFAULT 0;

-- Subscriptions stored before events were checked by name. A connected app sends
-- its list of events again, and a pushed address gets too many events rather
-- than too few.
UPDATE event_subscription SET tags = '["*"]' WHERE length(tags) > 4096;
