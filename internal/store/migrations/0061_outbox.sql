-- Nothing searches items by recipient, and every insert into an index on random
-- values changes another page.
DROP INDEX outbox_by_recipient;
