-- Subscriptions of apps to events, and events waiting for delivery.

-- How to reach the app of a subscription. owner is the process that delivers
-- for it until owned_until.
CREATE TABLE event_subscription (
    org         TEXT   NOT NULL,
    app_key     TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    url         BYTEA  NOT NULL,
    token       BYTEA  NOT NULL,
    aes_key     BYTEA  NOT NULL,
    tags        TEXT   NOT NULL,
    seen_at     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    owner       TEXT   NOT NULL,
    owned_until BIGINT NOT NULL,
    PRIMARY KEY (org, app_key, channel)
) /*sqlite: WITHOUT ROWID*/;

-- One row per event and subscription. seq is the event's number in the outbox,
-- so it follows the changes of an object.
CREATE TABLE event_delivery (
    org       TEXT   NOT NULL,
    app_key   TEXT   NOT NULL,
    channel   TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    event_id  TEXT   NOT NULL,
    topic     TEXT   NOT NULL,
    object    TEXT   NOT NULL,
    payload   BYTEA  NOT NULL,
    born_at   BIGINT NOT NULL,
    attempts  BIGINT NOT NULL,
    next_at   BIGINT NOT NULL,
    failed_at BIGINT, -- NULL: not given up
    PRIMARY KEY (org, app_key, channel, seq)
);
CREATE INDEX event_delivery_due ON event_delivery (org, app_key, channel, next_at, seq) WHERE failed_at IS NULL;
CREATE INDEX event_delivery_by_object ON event_delivery (org, app_key, channel, object, seq) WHERE failed_at IS NULL;
CREATE INDEX event_delivery_failed ON event_delivery (org, app_key, failed_at, seq) WHERE failed_at IS NOT NULL;
CREATE INDEX event_delivery_by_time ON event_delivery (org, born_at);

-- Events are routed per organisation, so that a long import of one does not
-- delay the others.
DROP INDEX outbox_by_kind;
CREATE INDEX outbox_by_org ON outbox (kind, org, seq);
