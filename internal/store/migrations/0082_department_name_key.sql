-- Names that look alike are one name for the siblings of a department. NULL: the
-- name was written before that, and is compared as it is.
ALTER TABLE department ADD COLUMN name_key TEXT;
CREATE INDEX department_by_name_key ON department (org, parent_id, name_key);
