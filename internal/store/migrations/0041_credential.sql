-- Owners of access keys, policies, and credentials that expire.

ALTER TABLE access_key ADD COLUMN member_id TEXT; -- NULL: the management account

CREATE TABLE policy (
    org        TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org, name)
) /*sqlite: WITHOUT ROWID*/;

-- Secrets and security tokens are derived from the id and are not stored.
CREATE TABLE temporary_key (
    id         TEXT   NOT NULL PRIMARY KEY,
    org        TEXT   NOT NULL,
    key_id     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX temporary_key_by_key ON temporary_key (org, key_id);

CREATE TABLE bearer_token (
    hash       TEXT   NOT NULL PRIMARY KEY,
    org        TEXT   NOT NULL,
    key_id     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX bearer_token_by_key ON bearer_token (org, key_id);
