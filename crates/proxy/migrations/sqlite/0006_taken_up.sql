-- Connections that a later link of the same user took up. What was agreed to last, under whichever link, holds for the
-- connection from then on.
CREATE TABLE taken_up (
    link_id       TEXT NOT NULL REFERENCES link (id),
    connection_id TEXT NOT NULL REFERENCES connection (id),
    at            INTEGER NOT NULL,
    PRIMARY KEY (link_id, connection_id)
) STRICT;
CREATE INDEX taken_up_by_connection ON taken_up (connection_id, at);
