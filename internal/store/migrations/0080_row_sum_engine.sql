-- Keyed sums over the rows of every table, sealed under the master key. They do
-- not match rows that were changed outside the program. A SQLite file has one
-- row. A PostgreSQL database has one for each concurrent call, which calls
-- write separately, and only the total matters.
CREATE TABLE row_sum (
    shard   TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL, -- grows with every write: the time of the last in milliseconds, or more
    sums    BYTEA  NOT NULL
) /*pg: WITH (fillfactor = 20)*/;
