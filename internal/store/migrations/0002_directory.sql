-- The nouns of the directory. Keys begin with the organisation, except where a
-- credential identifies it. Times are unix milliseconds, lists are JSON, BYTEA
-- is sealed (or a blind index, if the name says so). There are no foreign keys:
-- the core checks references in the transaction of the change, and a check by
-- the engine would lock the same few parent rows for every caller.

CREATE TABLE org (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    disabled    BOOLEAN NOT NULL,
    contacts_on BOOLEAN NOT NULL,
    created_at  BIGINT  NOT NULL
);

CREATE TABLE app (
    app_key      TEXT    NOT NULL PRIMARY KEY,
    org          TEXT    NOT NULL,
    secret       BYTEA   NOT NULL,
    name         TEXT    NOT NULL,
    agent_id     BIGINT  NOT NULL,
    permissions  TEXT    NOT NULL,
    scope        TEXT    NOT NULL,
    allow_ips    TEXT    NOT NULL,
    disabled     BOOLEAN NOT NULL,
    epoch        BIGINT  NOT NULL,
    signing_only BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL
);
CREATE INDEX app_by_org ON app (org, app_key);

CREATE TABLE access_token (
    hash       TEXT   NOT NULL PRIMARY KEY,
    org        TEXT   NOT NULL,
    app_key    TEXT   NOT NULL,
    epoch      BIGINT NOT NULL,
    expires_at BIGINT            -- NULL: never
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX access_token_by_app ON access_token (app_key);

CREATE TABLE access_key (
    id         TEXT    NOT NULL PRIMARY KEY,
    org        TEXT    NOT NULL,
    secret     BYTEA   NOT NULL,
    principal  TEXT    NOT NULL,
    policy     TEXT    NOT NULL,
    disabled   BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL
);
CREATE INDEX access_key_by_org ON access_key (org, id);

CREATE TABLE department (
    org       TEXT   NOT NULL,
    id        BIGINT NOT NULL,
    parent_id BIGINT NOT NULL,
    name      TEXT   NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX department_by_parent ON department (org, parent_id);

-- Mobiles are not unique here: a joined account of another organisation may
-- repeat one.
CREATE TABLE employee (
    org           TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    dept_ids      TEXT    NOT NULL,
    mobile        BYTEA,
    mobile_index  BYTEA,
    admin         BOOLEAN NOT NULL,
    account_type  TEXT    NOT NULL,
    outer_org     TEXT,
    outer_user_id TEXT,
    disabled      BOOLEAN NOT NULL,
    created_at    BIGINT  NOT NULL,
    PRIMARY KEY (org, user_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX employee_by_mobile ON employee (org, mobile_index) WHERE mobile_index IS NOT NULL;

CREATE TABLE label_group (
    org      TEXT   NOT NULL,
    id       BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    color    BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX label_group_by_position ON label_group (org, position, id);

CREATE TABLE label (
    org      TEXT   NOT NULL,
    id       BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX label_by_group ON label (org, group_id, position, id);

-- The row that an update writes. Indexed columns change rarely, and columns
-- that change often have no index. A list that was never set is NULL.
CREATE TABLE contact (
    org            TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    ordinal        BIGINT NOT NULL,
    name           TEXT   NOT NULL,
    follower_id    TEXT   NOT NULL,
    phone          BYTEA  NOT NULL,
    phone_index    BYTEA  NOT NULL,
    last4_index    BYTEA  NOT NULL,
    email          BYTEA,
    title          TEXT,
    company_name   TEXT,
    address        TEXT,
    remark         TEXT,
    label_ids      TEXT,
    share_dept_ids TEXT,
    share_user_ids TEXT,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*pg: WITH (fillfactor = 80)*/;
CREATE UNIQUE INDEX contact_by_phone ON contact (org, phone_index);
CREATE UNIQUE INDEX contact_by_ordinal ON contact (org, ordinal);
CREATE INDEX contact_by_last4 ON contact (org, last4_index);
CREATE INDEX contact_by_follower ON contact (org, follower_id);

-- The last assigned ordinal. Creating contacts of one organisation locks its
-- row; updates never touch it. Ordinals of deleted contacts are not reused, or
-- a reader of the list could miss a new contact.
CREATE TABLE contact_sequence (
    org  TEXT   NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- The lists of a contact, by the objects in them. The contact's row has them
-- too, for reading. Written only if a list changes.
CREATE TABLE contact_label (
    org        TEXT   NOT NULL,
    label_id   BIGINT NOT NULL,
    contact_id TEXT   NOT NULL,
    PRIMARY KEY (org, label_id, contact_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE TABLE contact_share_dept (
    org        TEXT   NOT NULL,
    dept_id    BIGINT NOT NULL,
    contact_id TEXT   NOT NULL,
    PRIMARY KEY (org, dept_id, contact_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE TABLE contact_share_user (
    org        TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (org, user_id, contact_id)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE visibility_grant (
    org         TEXT   NOT NULL,
    to_org      TEXT   NOT NULL,
    fields      TEXT   NOT NULL,
    opt_user_id TEXT   NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (org, to_org)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX visibility_grant_by_target ON visibility_grant (to_org, org);

CREATE TABLE resource_directory (
    org            TEXT   NOT NULL PRIMARY KEY,
    id             TEXT   NOT NULL,
    root_folder_id TEXT   NOT NULL,
    account_id     TEXT   NOT NULL,
    account_name   TEXT   NOT NULL,
    created_at     BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE folder (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    parent_id  TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX folder_by_parent ON folder (org, parent_id);

CREATE TABLE account (
    org          TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    folder_id    TEXT   NOT NULL,
    display_name TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    type         TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    join_method  TEXT   NOT NULL,
    joined_at    BIGINT NOT NULL,
    modified_at  BIGINT NOT NULL,
    PRIMARY KEY (org, id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX account_by_folder ON account (org, folder_id);

CREATE TABLE message_contact (
    org                 TEXT    NOT NULL,
    id                  TEXT    NOT NULL,
    name                TEXT    NOT NULL,
    title               TEXT    NOT NULL,
    message_types       TEXT    NOT NULL,
    status              TEXT    NOT NULL,
    email               BYTEA,
    email_index         BYTEA,
    email_verified      BOOLEAN NOT NULL,
    email_pending       BYTEA,
    email_pending_index BYTEA,
    phone               BYTEA,
    phone_index         BYTEA,
    phone_verified      BOOLEAN NOT NULL,
    phone_pending       BYTEA,
    phone_pending_index BYTEA,
    created_at          BIGINT  NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX message_contact_by_name ON message_contact (org, name);
CREATE INDEX message_contact_by_email ON message_contact (org, email_index) WHERE email_index IS NOT NULL;
CREATE INDEX message_contact_by_phone ON message_contact (org, phone_index) WHERE phone_index IS NOT NULL;

CREATE TABLE message_contact_member (
    org        TEXT   NOT NULL,
    contact_id TEXT   NOT NULL,
    member_id  TEXT   NOT NULL,
    bound_at   BIGINT NOT NULL,
    PRIMARY KEY (org, contact_id, member_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX message_contact_member_by_member ON message_contact_member (org, member_id);

-- The history. old_values and new_values are sealed under the key of the
-- subject, with the plain columns as associated data. There is no chain in
-- these rows: it would be a row that all callers wait for.
CREATE TABLE audit (
    seq        /*sqlite: INTEGER PRIMARY KEY AUTOINCREMENT*/ /*pg: BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY*/,
    org        TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    api        TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    noun       TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    old_values BYTEA  NOT NULL,
    new_values BYTEA  NOT NULL
);
CREATE INDEX audit_by_object ON audit (object, org, seq); -- in this order also without an organisation
CREATE INDEX audit_by_org ON audit (org, seq);

-- The chain over the history, built afterwards: block pos covers the entries of
-- seqs and, through its mac, all earlier blocks. The primary key keeps two
-- processes from forking it.
CREATE TABLE audit_seal (
    pos  BIGINT NOT NULL PRIMARY KEY,
    seqs TEXT   NOT NULL,
    mac  BYTEA  NOT NULL
);

CREATE TABLE outbox (
    seq             /*sqlite: INTEGER PRIMARY KEY AUTOINCREMENT*/ /*pg: BIGINT GENERATED ALWAYS AS IDENTITY*/,
    org             TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    topic           TEXT   NOT NULL,
    object          TEXT   NOT NULL,
    recipient       BYTEA  NOT NULL,
    recipient_index BYTEA  NOT NULL,
    payload         BYTEA  NOT NULL,
    created_at      BIGINT NOT NULL
    /*pg: , PRIMARY KEY (org, id)*/
);
/*sqlite: CREATE UNIQUE INDEX outbox_by_id ON outbox (org, id);*/
CREATE INDEX outbox_by_kind ON outbox (kind, seq);
CREATE INDEX outbox_by_recipient ON outbox (org, recipient_index);
