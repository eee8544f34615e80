-- Visits to a bank's own page. A ticket leads there once; a cookie and a state lead back. All three as keyed hashes.
CREATE TABLE visit (
    ticket_hash   TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connection (id),
    link_id       TEXT NOT NULL REFERENCES link (id),
    in_place      BIGINT NOT NULL,
    made_at       BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    voided_at     BIGINT,
    spent_at      BIGINT,
    cookie_hash   TEXT,
    state_hash    TEXT UNIQUE,
    ended_as      TEXT
);
CREATE INDEX visit_by_connection ON visit (connection_id);
CREATE INDEX visit_by_age ON visit (made_at);

-- What became of the last visit, until when somebody is taken to be there, and the host of the page once it is known.
ALTER TABLE connection ADD COLUMN visit_problem TEXT NOT NULL DEFAULT 'none';
ALTER TABLE connection ADD COLUMN visit_until BIGINT;
ALTER TABLE connection ADD COLUMN visit_host TEXT;

-- The client's own page that a bank may send the person back to.
ALTER TABLE link ADD COLUMN redirect_uri TEXT;
