-- Search terms of employees and departments, as contact_term is for external
-- contacts. The program fills them in for existing names.
CREATE TABLE employee_term (
    org     TEXT NOT NULL,
    term    TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (org, term, user_id)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE department_term (
    org     TEXT   NOT NULL,
    term    TEXT   NOT NULL,
    dept_id BIGINT NOT NULL,
    PRIMARY KEY (org, term, dept_id)
) /*sqlite: WITHOUT ROWID*/;

-- The number of direct members of a department, and of people in its subtree,
-- each counted once. The counts of a department are the sums over its rows, so
-- that calls which change different employees change different rows.
CREATE TABLE department_count (
    org     TEXT   NOT NULL,
    dept_id BIGINT NOT NULL,
    shard   BIGINT NOT NULL,
    direct  BIGINT NOT NULL,
    people  BIGINT NOT NULL,
    PRIMARY KEY (org, dept_id, shard)
) /*sqlite: WITHOUT ROWID*/;

INSERT INTO department_count (org, dept_id, shard, direct, people)
    WITH RECURSIVE above (org, leaf, id) AS (
        SELECT org, id, id FROM department
        UNION ALL
        SELECT a.org, a.leaf, d.parent_id FROM above a JOIN department d ON d.org = a.org AND d.id = a.id WHERE d.parent_id <> 0
    )
    SELECT a.org, a.id, 0, count(DISTINCT CASE WHEN a.leaf = a.id THEN m.user_id END), count(DISTINCT m.user_id)
    FROM above a JOIN employee_dept m ON m.org = a.org AND m.dept_id = a.leaf
    GROUP BY a.org, a.id;
