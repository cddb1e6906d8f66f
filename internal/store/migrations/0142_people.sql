-- A department that exists already has as many versions as its history shows,
-- and its times are those of its first and last entry.
UPDATE department SET
    version = (SELECT count(*) FROM audit a WHERE a.object = '' || department.id AND a.org = department.org AND a.noun = 'department'),
    created_at = (SELECT min(a.at) FROM audit a WHERE a.object = '' || department.id AND a.org = department.org AND a.noun = 'department'),
    updated_at = (SELECT max(a.at) FROM audit a WHERE a.object = '' || department.id AND a.org = department.org AND a.noun = 'department')
    WHERE EXISTS (SELECT 1 FROM audit a WHERE a.object = '' || department.id AND a.org = department.org AND a.noun = 'department');
UPDATE department SET
    created_at = coalesce((SELECT o.created_at FROM org o WHERE o.id = department.org), 0),
    updated_at = coalesce((SELECT o.created_at FROM org o WHERE o.id = department.org), 0)
    WHERE created_at = 0;

-- Employees are listed in these orders. Neither column has another value after
-- most changes.
CREATE INDEX employee_by_creation ON employee (org, created_at, user_id);
CREATE INDEX employee_by_name ON employee (org, name, user_id);
