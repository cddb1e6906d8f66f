-- Objects count their versions, from 1 on. An object that exists already has as
-- many as its history shows.
ALTER TABLE contact ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE employee ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE department ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE department ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE department ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE label ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE label ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE label ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE label_group ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE label_group ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE label_group ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message_contact ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE message_contact ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;

UPDATE contact SET version = (SELECT count(*) FROM audit a WHERE a.object = contact.id AND a.org = contact.org AND a.noun = 'contact')
    WHERE EXISTS (SELECT 1 FROM audit a WHERE a.object = contact.id AND a.org = contact.org AND a.noun = 'contact');
UPDATE employee SET version = (SELECT count(*) FROM audit a WHERE a.object = employee.user_id AND a.org = employee.org AND a.noun = 'employee')
    WHERE EXISTS (SELECT 1 FROM audit a WHERE a.object = employee.user_id AND a.org = employee.org AND a.noun = 'employee');

-- The version of the object that the entry's change led to; 0 of other entries,
-- and of those before versions were counted. A MAC covers it only if it is not 0.
ALTER TABLE audit ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- What one call, import or undo has changed.
CREATE INDEX audit_by_request ON audit (request_id, org, seq) WHERE request_id <> '';

-- Deleted objects that can be restored. Content is the whole object, sealed with
-- the key of its history, so that an erasure ends both.
CREATE TABLE bin (
    org         TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    version     BIGINT NOT NULL, -- of the deletion
    name        TEXT   NOT NULL,
    deleted_at  BIGINT NOT NULL,
    deleted_by  TEXT   NOT NULL,
    request_id  TEXT   NOT NULL,
    phone_index BYTEA,
    email_index BYTEA,
    content     BYTEA  NOT NULL,
    PRIMARY KEY (org, kind, id)
);
CREATE INDEX bin_by_time ON bin (org, deleted_at, kind, id);
CREATE INDEX bin_by_phone ON bin (org, phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX bin_by_email ON bin (org, email_index) WHERE email_index IS NOT NULL;
