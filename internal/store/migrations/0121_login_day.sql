-- Who logged in on which day (20261122, in China), for a month.
CREATE TABLE login_day (
    org     TEXT   NOT NULL,
    user_id TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    PRIMARY KEY (org, user_id, day)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX login_day_by_day ON login_day (org, day, user_id);

-- The last leave record of a person is found among all.
CREATE INDEX leave_record_by_user ON leave_record (org, user_id, left_at, id);
