-- What keeps an organisation from being deleted while a call changes it: on
-- PostgreSQL each call shares one of these rows, and the deletion removes them
-- all. One row for all calls would be written to by each of them. SQLite has one
-- writer and needs none. They are there because data goes from either to the
-- other.
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
