-- A page of members' names is read from here, not from the rows of employees,
-- which are wide.
CREATE INDEX employee_name ON employee (org, user_id, name);
