-- Lists in the order of the last change. An employee who was never changed has the
-- time of creation, as other objects have.
UPDATE employee SET updated_at = created_at WHERE updated_at = 0;
CREATE INDEX employee_by_update ON employee (org, updated_at, user_id);
CREATE INDEX contact_by_update ON contact (org, updated_at, ordinal);
