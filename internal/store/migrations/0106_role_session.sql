-- Temporary keys that act as a role; NULL: for the key in key_id.
ALTER TABLE temporary_key ADD COLUMN role_id TEXT;
ALTER TABLE temporary_key ADD COLUMN role TEXT;
ALTER TABLE temporary_key ADD COLUMN session TEXT;
ALTER TABLE temporary_key ADD COLUMN source_identity TEXT;
ALTER TABLE temporary_key ADD COLUMN session_policy TEXT;
ALTER TABLE temporary_key ADD COLUMN account_id TEXT;
ALTER TABLE temporary_key ADD COLUMN member_id TEXT;
ALTER TABLE temporary_key ADD COLUMN joined_at BIGINT;
-- The account's own key; NULL: of a RAM user.
ALTER TABLE access_key ADD COLUMN root BOOLEAN;
-- Programs assume roles by the hour: each time those that ended long ago go.
CREATE INDEX temporary_key_by_end ON temporary_key (org, expires_at);
