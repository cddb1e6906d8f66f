-- The engine's own tables. Those of nouns are in later files.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- The keys of organisations, wrapped by the master key.
CREATE TABLE org_key (
    org     TEXT   NOT NULL,
    version BIGINT NOT NULL,
    wrapped BYTEA  NOT NULL,
    PRIMARY KEY (org, version)
);

-- The keys of subjects, wrapped by their organisation's key. Deleting a row
-- makes the audit values of that subject unreadable.
CREATE TABLE subject_key (
    org     TEXT  NOT NULL,
    subject TEXT  NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (org, subject)
);

-- Erased subjects, to be erased again after a backup is restored.
CREATE TABLE erased_subject (
    org       TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    erased_at BIGINT NOT NULL,
    PRIMARY KEY (org, subject)
);
