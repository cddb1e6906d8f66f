-- Addresses of accounts for their security, and verifications that are not of a
-- message contact.

CREATE TABLE secure_info (
    org         TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    email       BYTEA,           -- NULL: none
    new_email   BYTEA,           -- waits for confirmation; NULL: none
    email_state TEXT   NOT NULL, -- of the last change; '' if there was none
    email_until BIGINT NOT NULL,
    phone       BYTEA,           -- NULL: none
    PRIMARY KEY (org, account_id)
) /*sqlite: WITHOUT ROWID*/;

-- What a verification is for. NULL: an address of a message contact.
ALTER TABLE message_verification ADD COLUMN purpose TEXT;
