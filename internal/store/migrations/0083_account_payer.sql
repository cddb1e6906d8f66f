-- The account that pays for a member: another one, or the management account.
-- NULL: the member pays for itself.
ALTER TABLE account ADD COLUMN payer_id TEXT;
-- When an account goes, those it paid for are found.
CREATE INDEX account_by_payer ON account (org, payer_id) WHERE payer_id IS NOT NULL;
