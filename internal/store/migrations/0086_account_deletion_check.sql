-- Somebody had it checked whether the account can be deleted.
ALTER TABLE account ADD COLUMN deletion_checked BOOLEAN NOT NULL DEFAULT FALSE;
-- Why an account was not deleted, as JSON. NULL: it was.
ALTER TABLE account_deletion ADD COLUMN failed_checks TEXT;
