-- Keyed sums over the rows of every table, sealed under the master key: what was
-- changed past the program does not fit them. A SQLite file has one row, a
-- PostgreSQL database one for each call that runs at the same time: calls write
-- to rows of their own, and what counts is the total.
CREATE TABLE row_sum (
    shard   TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL, -- grows with every write: the time of the last in milliseconds, or more
    sums    BYTEA  NOT NULL
) /*pg: WITH (fillfactor = 20)*/;
