-- Members that administer a service of the directory.
CREATE TABLE delegated_administrator (
    org        TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    service    TEXT   NOT NULL,
    enabled_at BIGINT NOT NULL,
    PRIMARY KEY (org, account_id, service)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX delegated_administrator_by_service ON delegated_administrator (org, service, enabled_at);
CREATE INDEX delegated_administrator_by_time ON delegated_administrator (org, enabled_at, account_id, service);

-- Services that the directory trusts, since the first delegation of each.
CREATE TABLE trusted_service (
    org        TEXT   NOT NULL,
    service    TEXT   NOT NULL,
    enabled_at BIGINT NOT NULL,
    PRIMARY KEY (org, service)
) /*sqlite: WITHOUT ROWID*/;
