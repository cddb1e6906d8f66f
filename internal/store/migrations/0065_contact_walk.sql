-- Where pages of the list of external contacts ended, for 15 minutes, so that a
-- walk goes on there also when another process serves its next page. walker is a
-- digest of who walks. On SQLite one process serves every page and keeps this in
-- its memory; there the table stays empty.
CREATE TABLE contact_walk (
    org     TEXT   NOT NULL,
    walker  BYTEA  NOT NULL,
    at      BIGINT NOT NULL, -- the offset at which the next page begins
    ordinal BIGINT NOT NULL, -- of the last contact before it
    until   BIGINT NOT NULL,
    PRIMARY KEY (org, walker, at)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX contact_walk_until ON contact_walk (until);
