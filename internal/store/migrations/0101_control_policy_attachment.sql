-- What control policies are attached to. The system policy is attached to every
-- folder and account while control policies are enabled, without a row: it has
-- one where it was detached (NULL), or attached again.
CREATE TABLE control_policy_attachment (
    org         TEXT NOT NULL,
    target_id   TEXT NOT NULL,
    policy_id   TEXT NOT NULL,
    attached_at BIGINT,
    PRIMARY KEY (org, target_id, policy_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX control_policy_attachment_by_policy ON control_policy_attachment (org, policy_id, attached_at DESC, target_id);
-- Since when control policies are enabled.
ALTER TABLE resource_directory ADD COLUMN control_policies_at BIGINT NOT NULL DEFAULT 0;
