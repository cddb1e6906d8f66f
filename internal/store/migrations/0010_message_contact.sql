-- Verification, deletion and retention of message contacts, and the messages
-- that are sent to them.

-- Verification messages that were sent. The id is part of a link that anybody
-- may know. The secret that confirms it is derived from the id and not stored.
CREATE TABLE message_verification (
    id            TEXT   NOT NULL PRIMARY KEY,
    org           TEXT   NOT NULL,
    contact_id    TEXT   NOT NULL,
    channel       TEXT   NOT NULL,
    address       BYTEA  NOT NULL,
    address_index BYTEA  NOT NULL,
    state         TEXT   NOT NULL,
    wrong_codes   BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX message_verification_by_contact ON message_verification (org, contact_id);
CREATE INDEX message_verification_by_address ON message_verification (org, address_index, created_at);
CREATE INDEX message_verification_by_time ON message_verification (org, created_at);

CREATE TABLE message_contact_deletion (
    org          TEXT   NOT NULL,
    contact_id   TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    reasons      TEXT   NOT NULL,
    status_before TEXT  NOT NULL, -- of the contact
    actor        TEXT   NOT NULL,
    request_id   TEXT   NOT NULL,
    requested_at BIGINT NOT NULL,
    PRIMARY KEY (org, contact_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX message_contact_deletion_by_status ON message_contact_deletion (status, requested_at);

-- Contacts that were deleted from the directory but stay in accounts. Names may
-- repeat.
CREATE TABLE retained_contact (
    org           TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    title         TEXT   NOT NULL,
    message_types TEXT   NOT NULL,
    email         BYTEA,
    phone         BYTEA,
    created_at    BIGINT NOT NULL,
    retained_at   BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE retained_contact_account (
    org        TEXT NOT NULL,
    account_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (org, account_id, contact_id)
) /*sqlite: WITHOUT ROWID*/;

-- Mails and text messages. content is NULL once it is erased.
CREATE TABLE message (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    channel    TEXT   NOT NULL,
    topic      TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    address    BYTEA  NOT NULL,
    addr_index BYTEA  NOT NULL,
    content    BYTEA,
    created_at BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    attempts   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    last_error TEXT   NOT NULL,
    done_at    BIGINT, -- NULL: not settled
    PRIMARY KEY (org, id)
);
CREATE INDEX message_due ON message (channel, next_at) WHERE state = 'queued';
CREATE INDEX message_by_time ON message (org, created_at);
CREATE INDEX message_by_address ON message (org, addr_index, created_at);
