-- Login attempts, so that their limit holds across all processes. The keys are
-- hashes of names and addresses. A row older than an hour has all attempts left
-- again and is deleted with the next attempt.
CREATE TABLE login_attempt (
    key        TEXT   NOT NULL PRIMARY KEY,
    left_milli BIGINT NOT NULL, -- thousandths of an attempt that were left
    at         BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX login_attempt_by_time ON login_attempt (at);

-- The certification of an organisation, as JSON. NULL: none.
ALTER TABLE org ADD COLUMN certification TEXT;

-- Accounts of an organisation that have joined others.
CREATE INDEX employee_by_account_owner ON employee (outer_org, outer_user_id) WHERE outer_org IS NOT NULL;
