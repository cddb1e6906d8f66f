-- Apps, logins of people to them, leave records, and creation and deletion of
-- organisations.

ALTER TABLE app ADD COLUMN redirect_uris TEXT NOT NULL DEFAULT '[]';
ALTER TABLE app ADD COLUMN require_signing BOOLEAN NOT NULL DEFAULT FALSE;

-- The account of the employee that created the organisation.
ALTER TABLE org ADD COLUMN creator TEXT;
CREATE INDEX org_by_creator ON org (creator) WHERE creator IS NOT NULL;

-- Ids of deleted organisations, which are not reused.
CREATE TABLE ended_org (
    id       TEXT   NOT NULL PRIMARY KEY,
    ended_at BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- Codes of the login page and the sessions they were exchanged for. Both are
-- found by hash, before the organisation is known.
CREATE TABLE login_code (
    hash       TEXT    NOT NULL PRIMARY KEY,
    org        TEXT    NOT NULL,
    app_key    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    mark       TEXT    NOT NULL,
    with_org   BOOLEAN NOT NULL,
    session    TEXT,             -- NULL: not used yet
    expires_at BIGINT  NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX login_code_by_expiry ON login_code (org, expires_at);
CREATE INDEX login_code_by_account ON login_code (account);

CREATE TABLE user_session (
    id            TEXT    NOT NULL PRIMARY KEY,
    org           TEXT    NOT NULL,
    app_key       TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    account       TEXT    NOT NULL,
    mark          TEXT    NOT NULL,
    with_org      BOOLEAN NOT NULL,
    access        TEXT    NOT NULL,
    access_until  BIGINT  NOT NULL,
    refresh       TEXT    NOT NULL,
    spent         TEXT    NOT NULL,
    refresh_until BIGINT  NOT NULL,
    refreshed_at  BIGINT  NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX user_session_by_access ON user_session (access);
CREATE UNIQUE INDEX user_session_by_refresh ON user_session (refresh);
CREATE INDEX user_session_by_spent ON user_session (spent);
CREATE INDEX user_session_by_expiry ON user_session (org, refresh_until);
CREATE INDEX user_session_by_account ON user_session (account);

-- In the order of the list.
CREATE TABLE leave_record (
    org          TEXT   NOT NULL,
    left_at      BIGINT NOT NULL,
    id           TEXT   NOT NULL,
    user_id      TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    mobile       BYTEA,
    account_type TEXT   NOT NULL,
    dept_ids     TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    PRIMARY KEY (org, left_at, id)
) /*sqlite: WITHOUT ROWID*/;
