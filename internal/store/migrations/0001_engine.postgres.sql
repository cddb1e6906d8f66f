-- Used nonces. They are written without waiting for the disk (SQLite keeps
-- them in a file of their own): nonce_epoch tells after a crash of the server
-- that some may be lost, because an unlogged table is empty then.
CREATE TABLE nonce (
    hash    BYTEA  NOT NULL PRIMARY KEY,
    expires BIGINT NOT NULL
);
CREATE INDEX nonce_expires ON nonce (expires);

CREATE UNLOGGED TABLE nonce_epoch (
    one        BOOLEAN NOT NULL PRIMARY KEY CHECK (one),
    refused_at BIGINT  NOT NULL
);
