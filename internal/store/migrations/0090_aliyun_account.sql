-- The Alibaba Cloud account of each organisation, which it has with and without
-- a resource directory of its own. Found by id and address before the
-- organisation is known.
CREATE TABLE aliyun_account (
    org        TEXT   NOT NULL PRIMARY KEY,
    id         TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    email      BYTEA,           -- NULL: none
    email_mac  TEXT,            -- of the address, under the server's key
    member_of  TEXT,            -- the organisation whose directory it has joined; NULL: none
    created_at BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX aliyun_account_by_id ON aliyun_account (id);
CREATE UNIQUE INDEX aliyun_account_by_email ON aliyun_account (email_mac) WHERE email_mac IS NOT NULL;
CREATE INDEX aliyun_account_by_directory ON aliyun_account (member_of) WHERE member_of IS NOT NULL;

INSERT INTO aliyun_account (org, id, name, created_at)
SELECT org, account_id, account_name, created_at FROM resource_directory;
INSERT INTO aliyun_account (org, id, name, created_at)
SELECT id, (1000000000000000 + /*sqlite: abs(random() % 9000000000000000)*/ /*pg: CAST(floor(random() * 9000000000000000) AS BIGINT)*/) || '', name, created_at
FROM org WHERE id NOT IN (SELECT org FROM resource_directory);
