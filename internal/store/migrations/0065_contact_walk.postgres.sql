-- What is in it may be lost with the server: its commits wait for no disk.
ALTER TABLE contact_walk SET UNLOGGED;
