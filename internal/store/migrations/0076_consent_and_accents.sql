-- Names are found by letters without accents: the program writes the terms of
-- those that have some anew.

-- Who agreed to become an employee, by mobile or login mail. A row goes when it
-- was used or withdrawn, and with the next one when its time is over.
CREATE TABLE employee_consent (
    org          TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    person_index BYTEA  NOT NULL,
    person       BYTEA  NOT NULL,
    given_at     BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE UNIQUE INDEX employee_consent_of_person ON employee_consent (org, person_index);
