-- What was undone. Result is the answer as JSON, without names.
CREATE TABLE undo (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
