-- External contacts: deletion, deep pages, search, and labels that are managed
-- one by one.

-- How many contacts were deleted in each block of 2048 ordinals. Together with
-- the last ordinal given it says which contact is at an offset, and how many
-- there are, without counting rows. Creating a contact never writes here.
CREATE TABLE contact_gap (
    org     TEXT   NOT NULL,
    block   BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    PRIMARY KEY (org, block)
) /*sqlite: WITHOUT ROWID*/;

-- What contacts are found by: names, their endings and their pinyin. The core
-- makes the terms; written only where name or company change.
CREATE TABLE contact_term (
    org     TEXT   NOT NULL,
    term    TEXT   NOT NULL,
    ordinal BIGINT NOT NULL,
    PRIMARY KEY (org, term, ordinal)
) /*sqlite: WITHOUT ROWID*/;

-- The same two indexes as before, in the order of the list.
DROP INDEX contact_by_last4;
CREATE INDEX contact_by_last4 ON contact (org, last4_index, ordinal);
DROP INDEX contact_by_follower;
CREATE INDEX contact_by_follower ON contact (org, follower_id, ordinal);

CREATE UNIQUE INDEX label_by_name ON label (org, group_id, name);
CREATE UNIQUE INDEX label_group_by_name ON label_group (org, name);
