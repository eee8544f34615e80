-- Two small deposits to an account. Never here: account numbers, routing numbers, amounts. `account_hash` is a keyed hash
-- of both numbers, by which deposits to one account are counted. `holder` and `upstream_key` are private to the adapter.
-- `intent` names an upstream call that was begun and not settled. `version` counts every write, `revision` those that
-- the person can see.
CREATE TABLE deposit (
    id              TEXT PRIMARY KEY,
    client          TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    link_id         TEXT NOT NULL REFERENCES link (id),
    method          TEXT NOT NULL,
    connection_id   TEXT REFERENCES connection (id),
    account_id      TEXT,
    bank            TEXT,
    last_digits     TEXT,
    name            TEXT,
    account_hash    TEXT NOT NULL,
    root            TEXT NOT NULL,
    replaces        TEXT REFERENCES deposit (id),
    replaced_by     TEXT,
    holder          TEXT,
    upstream_key    TEXT UNIQUE,
    state           TEXT NOT NULL,
    fault           TEXT,
    account_broken  BIGINT NOT NULL DEFAULT 0,
    provider_status TEXT,
    tries           BIGINT NOT NULL DEFAULT 0,
    wrong           BIGINT NOT NULL DEFAULT 0,
    out_of_tries    BIGINT NOT NULL DEFAULT 0,
    intent          TEXT,
    intent_until    BIGINT,
    revision        BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    looked_at       BIGINT,
    verified_at     BIGINT,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    rowid           BIGINT GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX deposit_by_user ON deposit (client, user_id, created_at);
CREATE INDEX deposit_by_account ON deposit (client, account_hash, created_at);
CREATE INDEX deposit_by_link ON deposit (link_id);
CREATE INDEX deposit_by_connection ON deposit (connection_id) WHERE connection_id IS NOT NULL;
CREATE INDEX deposit_by_change ON deposit (client, updated_at);
CREATE INDEX deposit_under_way ON deposit (intent_until) WHERE intent IS NOT NULL;

-- Up to which change of its deposits each aggregator was read, and who is reading now.
CREATE TABLE deposit_watch (
    aggregator  TEXT PRIMARY KEY,
    seen_until  BIGINT,
    lease_until BIGINT NOT NULL
);

-- How the account is to be proved: by its numbers at once, or by deposits after it was linked without them.
ALTER TABLE connection ADD COLUMN proof TEXT NOT NULL DEFAULT 'numbers';

-- Public tokens stand for connections or for deposits.
CREATE TABLE public_token_of (
    token_hash    TEXT PRIMARY KEY,
    connection_id TEXT REFERENCES connection (id),
    deposit_id    TEXT REFERENCES deposit (id),
    client        TEXT NOT NULL,
    expires_at    BIGINT NOT NULL,
    spent_at      BIGINT,
    revoked_at    BIGINT,
    CHECK ((connection_id IS NULL) <> (deposit_id IS NULL))
);
INSERT INTO public_token_of (token_hash, connection_id, client, expires_at, spent_at, revoked_at)
    SELECT token_hash, connection_id, client, expires_at, spent_at, revoked_at FROM public_token;
DROP TABLE public_token;
ALTER TABLE public_token_of RENAME TO public_token;
CREATE INDEX public_token_by_connection ON public_token (connection_id);
CREATE INDEX public_token_by_deposit ON public_token (deposit_id);
