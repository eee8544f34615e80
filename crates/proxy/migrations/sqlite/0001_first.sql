-- What cannot be asked again. Never here: credentials, answers, account data, the text of challenges.
-- Times are milliseconds since 1970 in UTC. Tokens are stored as keyed hashes.

CREATE TABLE link (
    id                TEXT PRIMARY KEY,
    client            TEXT NOT NULL,
    user_id           TEXT NOT NULL,
    secret_hash       TEXT NOT NULL,
    origin            TEXT NOT NULL,
    mode              TEXT NOT NULL,
    purpose           TEXT NOT NULL,
    account_selection TEXT NOT NULL,
    institution_id    TEXT,
    language          TEXT,
    theme             TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    spent_at          INTEGER,
    revoked_at        INTEGER
) STRICT;

-- One session for each link: the token is spent once.
CREATE TABLE session (
    link_id    TEXT PRIMARY KEY REFERENCES link (id),
    token_hash TEXT NOT NULL UNIQUE,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

CREATE TABLE upstream_user (
    client   TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    upstream TEXT NOT NULL,
    PRIMARY KEY (client, user_id)
) STRICT;

-- `upstream` is private to the adapter. `intent` names an unsafe upstream call that was begun and not yet settled, and
-- `intent_digest` the step that stood before it: while upstream still shows that step, the call has left no trace.
CREATE TABLE connection (
    id                 TEXT PRIMARY KEY,
    client             TEXT NOT NULL,
    user_id            TEXT NOT NULL,
    link_id            TEXT NOT NULL REFERENCES link (id),
    institution_id     TEXT NOT NULL,
    institution_name   TEXT NOT NULL,
    institution_domain TEXT,
    method             TEXT NOT NULL,
    purpose            TEXT NOT NULL,
    account_selection  TEXT NOT NULL,
    upstream           TEXT,
    revision           INTEGER NOT NULL,
    digest             TEXT NOT NULL,
    intent             TEXT,
    intent_until       INTEGER,
    intent_digest      TEXT,
    chosen             TEXT NOT NULL DEFAULT '[]',
    watch_until        INTEGER,
    lease_until        INTEGER,
    created_at         INTEGER NOT NULL
) STRICT;
CREATE INDEX connection_by_link ON connection (link_id, created_at);
CREATE INDEX connection_by_user ON connection (client, user_id);
CREATE INDEX connection_to_watch ON connection (watch_until) WHERE watch_until IS NOT NULL;

CREATE TABLE public_token (
    token_hash    TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connection (id),
    client        TEXT NOT NULL,
    expires_at    INTEGER NOT NULL,
    spent_at      INTEGER,
    revoked_at    INTEGER
) STRICT;
CREATE INDEX public_token_by_connection ON public_token (connection_id);

-- Outcomes are kept, bodies never.
CREATE TABLE idempotency (
    principal   TEXT NOT NULL,
    route       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    subject     TEXT NOT NULL,
    outcome     TEXT,
    lease_until INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (principal, route, key)
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
