-- Names are found by letters without accents: the program rewrites the terms of
-- names with accents.

-- Consents to become an employee, by mobile or login mail. A row is deleted
-- when it is used or withdrawn, and an expired one with the next insert.
CREATE TABLE employee_consent (
    org          TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    person_index BYTEA  NOT NULL,
    person       BYTEA  NOT NULL,
    given_at     BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX employee_consent_of_person ON employee_consent (org, person_index);
