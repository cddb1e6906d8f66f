-- The secret before the last rotation, where it works for a while beside the
-- new one, with the epoch of its token. How often an app got a new secret tells
-- which of them opened a stream of events.
ALTER TABLE app ADD COLUMN old_secret BYTEA; -- NULL: there is none
ALTER TABLE app ADD COLUMN old_epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app ADD COLUMN old_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app ADD COLUMN rotations BIGINT NOT NULL DEFAULT 0;

-- What was stored before events were checked by name. An app that is connected
-- says anew what it asks for, and to an address more is pushed than too little.
UPDATE event_subscription SET tags = '["*"]' WHERE length(tags) > 4096;
