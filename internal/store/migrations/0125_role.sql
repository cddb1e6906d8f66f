-- Groups of roles, roles, and who has them. The groups that every organisation
-- has, and the roles of the first of them, are no rows.
CREATE TABLE role_group (
    org      TEXT   NOT NULL,
    id       BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    name_key TEXT   NOT NULL, -- the same for names that look alike
    position BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX role_group_by_name ON role_group (org, name_key);
CREATE INDEX role_group_by_position ON role_group (org, position, id);

CREATE TABLE role (
    org      TEXT   NOT NULL,
    id       BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    name_key TEXT   NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX role_by_name ON role (org, group_id, name_key);
CREATE INDEX role_by_position ON role (org, group_id, position, id);

-- limited: the member manages the departments in role_scope only. Without
-- departments left there, it manages none.
CREATE TABLE role_member (
    org     TEXT    NOT NULL,
    role_id BIGINT  NOT NULL,
    user_id TEXT    NOT NULL,
    limited BOOLEAN NOT NULL,
    PRIMARY KEY (org, role_id, user_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX role_member_by_user ON role_member (org, user_id, role_id);

CREATE TABLE role_scope (
    org     TEXT   NOT NULL,
    role_id BIGINT NOT NULL,
    user_id TEXT   NOT NULL,
    dept_id BIGINT NOT NULL,
    PRIMARY KEY (org, role_id, user_id, dept_id)
) /*sqlite: WITHOUT ROWID*/;
-- When an employee or a department goes, its rows are found.
CREATE INDEX role_scope_by_user ON role_scope (org, user_id);
CREATE INDEX role_scope_by_dept ON role_scope (org, dept_id);

-- The person in charge of the organisation, listed without reading everybody.
ALTER TABLE employee ADD COLUMN boss BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX employee_boss ON employee (org, user_id) WHERE boss;
