-- What a directory has switched on. Directories made before these columns let
-- members be deleted, as they did then.
ALTER TABLE resource_directory ADD COLUMN control_policy_status TEXT NOT NULL DEFAULT 'Disabled';
ALTER TABLE resource_directory ADD COLUMN member_deletion BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE resource_directory ADD COLUMN display_name_sync BOOLEAN NOT NULL DEFAULT FALSE;
