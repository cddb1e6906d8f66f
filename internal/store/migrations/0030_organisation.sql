-- The organisation directory: the remaining columns of an employee, members of
-- departments, the tree of departments, and grants to join.

ALTER TABLE employee ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE employee ADD COLUMN manager_id TEXT;
ALTER TABLE employee ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE employee ADD COLUMN union_id TEXT;
ALTER TABLE employee ADD COLUMN password_hash TEXT;
ALTER TABLE employee ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
ALTER TABLE employee ADD COLUMN private BYTEA;
ALTER TABLE employee ADD COLUMN email_index BYTEA;
ALTER TABLE employee ADD COLUMN telephone_index BYTEA;
ALTER TABLE employee ADD COLUMN login_index BYTEA;

-- One normal account can log in with a number. Accounts of type org may share
-- one.
CREATE UNIQUE INDEX employee_mobile ON employee (org, mobile_index) WHERE mobile_index IS NOT NULL AND account_type = 'normal';
CREATE UNIQUE INDEX employee_email ON employee (org, email_index) WHERE email_index IS NOT NULL;
CREATE UNIQUE INDEX employee_telephone ON employee (org, telephone_index) WHERE telephone_index IS NOT NULL;
CREATE UNIQUE INDEX employee_login ON employee (org, login_index) WHERE login_index IS NOT NULL;
CREATE UNIQUE INDEX employee_outer ON employee (org, outer_org, outer_user_id) WHERE outer_org IS NOT NULL;
CREATE INDEX employee_by_union_id ON employee (org, union_id) WHERE union_id IS NOT NULL;
CREATE INDEX employee_by_manager ON employee (org, manager_id) WHERE manager_id IS NOT NULL;

-- One row for each department of each employee. rank is the negated order, so
-- that all orders of members are ascending. letters spells the name in letters,
-- by which members of one rank are sorted.
CREATE TABLE employee_dept (
    org         TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    dept_id     BIGINT  NOT NULL,
    rank        BIGINT  NOT NULL,
    letters     TEXT    NOT NULL,
    entered_at  BIGINT  NOT NULL,
    modified_at BIGINT  NOT NULL,
    leader      BOOLEAN NOT NULL,
    PRIMARY KEY (org, user_id, dept_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX employee_dept_custom ON employee_dept (org, dept_id, rank, letters, user_id);
CREATE INDEX employee_dept_entry ON employee_dept (org, dept_id, entered_at, user_id);
CREATE INDEX employee_dept_change ON employee_dept (org, dept_id, modified_at, user_id);
CREATE INDEX employee_dept_user ON employee_dept (org, dept_id, user_id);
CREATE INDEX employee_dept_leader ON employee_dept (org, dept_id, user_id) WHERE leader;

/*sqlite:
INSERT INTO employee_dept (org, user_id, dept_id, rank, letters, entered_at, modified_at, leader)
    SELECT DISTINCT e.org, e.user_id, d.value, 0, e.name, e.created_at, e.created_at, FALSE FROM employee e, json_each(e.dept_ids) d;
*/
/*pg:
INSERT INTO employee_dept (org, user_id, dept_id, rank, letters, entered_at, modified_at, leader)
    SELECT DISTINCT e.org, e.user_id, d.value::BIGINT, 0, e.name, e.created_at, e.created_at, FALSE
    FROM employee e, json_array_elements_text(e.dept_ids::JSON) d;
*/

-- path contains the ids from the root down to the department: /1/5/12/. A
-- subtree is a range of paths.
ALTER TABLE department ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE department ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE department ADD COLUMN path TEXT NOT NULL DEFAULT '';
UPDATE department SET path = CASE WHEN parent_id = 0 THEN '/' ELSE '/1/' END || id || '/';
CREATE INDEX department_by_path ON department (org, path);
-- The index includes the order of the list. Without it SQLite would read all
-- departments in the order of their ids.
DROP INDEX department_by_parent;
CREATE INDEX department_by_order ON department (org, parent_id, position, id);
CREATE UNIQUE INDEX department_name ON department (org, parent_id, name) WHERE parent_id <> 0;

CREATE TABLE join_grant (
    org        TEXT   NOT NULL,
    to_org     TEXT   NOT NULL,
    dept_ids   TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org, to_org)
) /*sqlite: WITHOUT ROWID*/;

-- External contacts by union id. Employees have it in their own row.
CREATE TABLE contact_union_id (
    org        TEXT NOT NULL,
    union_id   TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (org, union_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX contact_union_id_by_contact ON contact_union_id (org, contact_id);
