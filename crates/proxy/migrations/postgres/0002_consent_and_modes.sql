-- Modes bind a link to one object. `consent` is what the person is asked to agree to, as JSON.
ALTER TABLE link ADD COLUMN connection_id TEXT;
ALTER TABLE link ADD COLUMN deposit_id TEXT;
ALTER TABLE link ADD COLUMN consent TEXT NOT NULL DEFAULT '{}';

-- What a person agreed to, and when. Kept after the session: it is evidence.
CREATE TABLE consent (
    link_id  TEXT PRIMARY KEY REFERENCES link (id),
    client   TEXT NOT NULL,
    user_id  TEXT NOT NULL,
    facts    TEXT NOT NULL,
    given_at BIGINT NOT NULL
);
CREATE INDEX consent_by_user ON consent (client, user_id);
