-- External contacts: deletion, deep pages, search, and labels that are managed
-- individually.

-- The number of deleted contacts in each block of 2048 ordinals. Together with
-- the last assigned ordinal it gives the contact at an offset and the number of
-- contacts without counting rows. Creating a contact never writes here.
CREATE TABLE contact_gap (
    org     TEXT   NOT NULL,
    block   BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    PRIMARY KEY (org, block)
) /*sqlite: WITHOUT ROWID*/;

-- Search terms of contacts: names, their suffixes and their pinyin. The core
-- creates the terms. Written only if the name or the company changes.
CREATE TABLE contact_term (
    org     TEXT   NOT NULL,
    term    TEXT   NOT NULL,
    ordinal BIGINT NOT NULL,
    PRIMARY KEY (org, term, ordinal)
) /*sqlite: WITHOUT ROWID*/;

-- The same two indexes as before, now in the order of the list.
DROP INDEX contact_by_last4;
CREATE INDEX contact_by_last4 ON contact (org, last4_index, ordinal);
DROP INDEX contact_by_follower;
CREATE INDEX contact_by_follower ON contact (org, follower_id, ordinal);

CREATE UNIQUE INDEX label_by_name ON label (org, group_id, name);
CREATE UNIQUE INDEX label_group_by_name ON label_group (org, name);
