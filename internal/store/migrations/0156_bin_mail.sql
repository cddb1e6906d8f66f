-- An object in the bin is found by all its addresses: an employee has up to three,
-- a message contact a second number and address to be verified. Those of older
-- objects are sealed with keys of the history; they are found by their first one
-- until they are purged.
ALTER TABLE bin ADD COLUMN phone_index_2 BYTEA;
ALTER TABLE bin ADD COLUMN email_index_2 BYTEA;
ALTER TABLE bin ADD COLUMN email_index_3 BYTEA;
CREATE INDEX bin_by_phone_2 ON bin (org, phone_index_2) WHERE phone_index_2 IS NOT NULL;
CREATE INDEX bin_by_email_2 ON bin (org, email_index_2) WHERE email_index_2 IS NOT NULL;
CREATE INDEX bin_by_email_3 ON bin (org, email_index_3) WHERE email_index_3 IS NOT NULL;
