-- Contacts are found by their mail address. The program computes the index.
ALTER TABLE contact ADD COLUMN email_index BYTEA;
CREATE INDEX contact_by_email ON contact (org, email_index, ordinal) WHERE email_index IS NOT NULL;
CREATE INDEX contact_by_name ON contact (org, name, ordinal);
