-- Logins and answers that were sent, by a keyed hash of client, user, institution and sort. Forgotten with the window
-- that they count in.
CREATE TABLE try (
    subject TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX try_by_subject ON try (subject, at);
