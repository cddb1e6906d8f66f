-- What a code is for: a page, an app or a frame. Older rows are codes of
-- /oauth2/auth.
ALTER TABLE login_code ADD COLUMN kind TEXT NOT NULL DEFAULT 'oauth';

-- Tokens of the older login calls: of an app, and of a person who logged in to
-- it. rotation is the number of the app's secret that they were issued for. A
-- token that every call gives again derives from its seed.
CREATE TABLE login_token (
    hash       TEXT   NOT NULL PRIMARY KEY,
    org        TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    app_key    TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    mark       TEXT   NOT NULL,
    rotation   BIGINT NOT NULL,
    seed       TEXT   NOT NULL,
    expires_at BIGINT           -- NULL: never
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX login_token_by_expiry ON login_token (org, expires_at);
CREATE INDEX login_token_by_app ON login_token (app_key, kind);
CREATE INDEX login_token_by_account ON login_token (account);
