-- Invitations of accounts into the directory of an organisation. Found by id
-- and by the invited account too, which is of another organisation.
CREATE TABLE handshake (
    id           TEXT   NOT NULL PRIMARY KEY,
    org          TEXT   NOT NULL,
    directory_id TEXT   NOT NULL,
    master_id    TEXT   NOT NULL,
    master_name  TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    account_name TEXT   NOT NULL,
    target_type  TEXT   NOT NULL,
    target       BYTEA  NOT NULL,
    note         BYTEA  NOT NULL,
    folder_id    TEXT   NOT NULL,
    tags         TEXT,            -- JSON; NULL: none
    status       TEXT   NOT NULL, -- without Expired, which the clock tells
    created_at   BIGINT NOT NULL,
    modified_at  BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX handshake_by_directory ON handshake (org, directory_id, created_at, id);
CREATE INDEX handshake_by_account ON handshake (account_id, created_at, id);
