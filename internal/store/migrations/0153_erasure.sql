-- People who were erased. Who they were is not in it.
CREATE TABLE erasure (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    object_id  TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    erased_at  BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    entries    BIGINT NOT NULL,
    PRIMARY KEY (org, kind, object_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX erasure_by_time ON erasure (org, erased_at, kind, object_id);
