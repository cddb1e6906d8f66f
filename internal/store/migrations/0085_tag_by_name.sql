-- Objects that have a tag with any value, in order of their ids, and the keys of
-- tags without their values.
CREATE INDEX directory_tag_by_name ON directory_tag (org, name, object_id);
