-- Attempts to log in, so that their limit holds for all processes. The keys are
-- hashes of names and addresses. A row that is older than an hour is full again
-- and goes with the next attempt.
CREATE TABLE login_attempt (
    key        TEXT   NOT NULL PRIMARY KEY,
    left_milli BIGINT NOT NULL, -- thousandths of an attempt that were left
    at         BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX login_attempt_by_time ON login_attempt (at);

-- How an organisation was certified, as JSON. NULL: it was not.
ALTER TABLE org ADD COLUMN certification TEXT;

-- Who has joined elsewhere with the accounts of an organisation.
CREATE INDEX employee_by_account_owner ON employee (outer_org, outer_user_id) WHERE outer_org IS NOT NULL;
