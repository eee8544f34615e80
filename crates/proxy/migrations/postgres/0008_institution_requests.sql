-- What people asked their client for: institutions that they did not find. The text came here masked: it holds no number
-- of four or more digits. Forgotten after 90 days.
CREATE TABLE institution_request (
    id         TEXT PRIMARY KEY,
    client     TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    link_id    TEXT NOT NULL REFERENCES link (id),
    text       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    rowid      BIGINT GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX institution_request_by_client ON institution_request (client, created_at);
CREATE INDEX institution_request_by_link ON institution_request (link_id);
CREATE INDEX institution_request_by_age ON institution_request (created_at);
