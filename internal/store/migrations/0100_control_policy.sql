-- Control policies of a resource directory. The system policy has no row.
CREATE TABLE control_policy (
    org         TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL,
    document    TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX control_policy_by_name ON control_policy (org, name);
CREATE INDEX control_policy_by_age ON control_policy (org, created_at DESC, id);
