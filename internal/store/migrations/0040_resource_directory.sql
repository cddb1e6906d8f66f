-- The resource directory: unique names, tags, deletions, and the remains of
-- removed accounts.

CREATE UNIQUE INDEX folder_by_name ON folder (org, parent_id, name);
CREATE UNIQUE INDEX account_by_display_name ON account (org, display_name);
CREATE UNIQUE INDEX account_by_name ON account (org, name);
CREATE INDEX account_by_time ON account (org, joined_at, id);

-- Tags of folders and accounts.
CREATE TABLE directory_tag (
    org       TEXT NOT NULL,
    object_id TEXT NOT NULL,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (org, object_id, name)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX directory_tag_by_value ON directory_tag (org, name, value, object_id);

CREATE TABLE account_deletion (
    org        TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (org, account_id)
) /*sqlite: WITHOUT ROWID*/;

-- Contacts of an account at the time it was removed from the directory. They
-- keep receiving its messages, whatever happens to them in the directory.
CREATE TABLE removed_account_contact (
    org           TEXT   NOT NULL,
    account_id    TEXT   NOT NULL,
    contact_id    TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    title         TEXT   NOT NULL,
    message_types TEXT   NOT NULL,
    email         BYTEA,
    phone         BYTEA,
    created_at    BIGINT NOT NULL,
    removed_at    BIGINT NOT NULL,
    PRIMARY KEY (org, account_id, contact_id)
) /*sqlite: WITHOUT ROWID*/;
