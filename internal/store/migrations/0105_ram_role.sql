-- Roles of the accounts in an organisation: its own and the members that it
-- made. The role that every member has is not stored.
CREATE TABLE ram_role (
    org         TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    name_key    TEXT   NOT NULL, -- in lower case
    policy      TEXT   NOT NULL,
    trust       TEXT   NOT NULL,
    max_session BIGINT NOT NULL, -- seconds
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX ram_role_name ON ram_role (org, account_id, name_key);
