-- Administrators are listed without reading everybody.
CREATE INDEX employee_admin ON employee (org, user_id) WHERE admin;
