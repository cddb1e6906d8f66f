-- Nothing looks for an item by its recipient, and an index on values that look
-- random changes a page of its own with each.
DROP INDEX outbox_by_recipient;
