-- Lock rows that keep an organisation from being deleted while a call changes
-- it: on PostgreSQL each call takes a shared lock on one of these rows, and the
-- deletion deletes them all. With a single row, every call would write to it.
-- SQLite has one writer and needs no locks, but has the rows because backups
-- move between the engines.
CREATE TABLE org_hold (
    org  TEXT    NOT NULL,
    slot INTEGER NOT NULL,
    PRIMARY KEY (org, slot)
) /*sqlite: WITHOUT ROWID*/;

INSERT INTO org_hold (org, slot)
SELECT org.id, slots.slot FROM org, (
    SELECT 0 AS slot UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
    UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11
    UNION ALL SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15
) AS slots;
