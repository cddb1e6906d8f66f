-- Used nonces. Their commits wait for no fsync (SQLite keeps them in a separate
-- file). After a crash of the server an unlogged table is empty, and
-- nonce_epoch shows that nonces may be lost.
CREATE TABLE nonce (
    hash    BYTEA  NOT NULL PRIMARY KEY,
    expires BIGINT NOT NULL
);
CREATE INDEX nonce_expires ON nonce (expires);

CREATE UNLOGGED TABLE nonce_epoch (
    one        BOOLEAN NOT NULL PRIMARY KEY CHECK (one),
    refused_at BIGINT  NOT NULL
);
