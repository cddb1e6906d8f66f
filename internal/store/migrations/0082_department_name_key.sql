-- Siblings may not have names that look alike. NULL: the name was written
-- before this rule, and is compared as it is.
ALTER TABLE department ADD COLUMN name_key TEXT;
CREATE INDEX department_by_name_key ON department (org, parent_id, name_key);
