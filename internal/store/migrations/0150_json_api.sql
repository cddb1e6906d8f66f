-- Answers of calls that their callers may repeat, for a day. The next answer
-- that is kept deletes those that are older.
CREATE TABLE idempotency (
    org     TEXT   NOT NULL,
    key     TEXT   NOT NULL,
    request TEXT   NOT NULL, -- digest of the query and the body
    answer  BYTEA  NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (org, key)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX idempotency_by_time ON idempotency (org, made_at);

-- The organisation of a resource directory is found by the directory's id.
CREATE INDEX resource_directory_by_id ON resource_directory (id);
