-- Imports of files. options is JSON, as compared with those of other imports of
-- the same file; info is JSON, sealed: what else is told of an import. A running
-- one has an owner, the process that works on it, which shows by beat that it
-- lives. Parts are deleted from purge_at on; 0: never.
CREATE TABLE import (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    phase      TEXT    NOT NULL,
    preview    BOOLEAN NOT NULL,
    digest     TEXT    NOT NULL,
    options    TEXT    NOT NULL,
    info       BYTEA   NOT NULL,
    counts     TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL,
    written    BIGINT  NOT NULL,
    owner      TEXT    NOT NULL,
    beat       BIGINT  NOT NULL,
    purge_at   BIGINT  NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX import_by_time ON import (org, created_at, id);
CREATE INDEX import_by_digest ON import (org, digest) WHERE digest <> '';
CREATE INDEX import_by_request ON import (org, request_id);
CREATE INDEX import_open ON import (created_at, org, id) WHERE ended_at = 0;
CREATE INDEX import_to_purge ON import (purge_at, org, id) WHERE purge_at > 0;

-- Chunks of the imported file and of what became of its rows, sealed.
CREATE TABLE import_part (
    org       TEXT   NOT NULL,
    import_id TEXT   NOT NULL,
    part      TEXT   NOT NULL,
    n         BIGINT NOT NULL,
    data      BYTEA  NOT NULL,
    PRIMARY KEY (org, import_id, part, n)
);
