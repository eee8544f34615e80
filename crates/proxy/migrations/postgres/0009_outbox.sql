-- The clients that are to be told when something changes; what else is in their configuration is not for the store.
CREATE TABLE told_client (
    client TEXT PRIMARY KEY
);

-- What they are to be told: which object moved to which revision. Written with the move itself. One that is settled was
-- delivered or given up.
CREATE TABLE outbox (
    id           TEXT PRIMARY KEY,
    client       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    object       TEXT NOT NULL,
    revision     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    tries        BIGINT NOT NULL DEFAULT 0,
    next_at      BIGINT NOT NULL,
    lease_until  BIGINT,
    delivered_at BIGINT,
    given_up_at  BIGINT,
    rowid        BIGINT GENERATED ALWAYS AS IDENTITY,
    UNIQUE (kind, object, revision)
);
CREATE INDEX outbox_to_deliver ON outbox (client, next_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;
CREATE INDEX outbox_by_age ON outbox (created_at);
