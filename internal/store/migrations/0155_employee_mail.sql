-- Employees are found by each of their mail addresses. The program computes the
-- indexes. Unlike the first address, these may be of several employees.
ALTER TABLE employee ADD COLUMN org_email_index BYTEA;
ALTER TABLE employee ADD COLUMN login_email_index BYTEA;
CREATE INDEX employee_org_email ON employee (org, org_email_index) WHERE org_email_index IS NOT NULL;
CREATE INDEX employee_login_email ON employee (org, login_email_index) WHERE login_email_index IS NOT NULL;
