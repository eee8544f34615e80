-- The end of a connection: what is done, how far, why it stopped, who is doing it, and what takes its place. Each stage can
-- be done twice without harm.
ALTER TABLE connection ADD COLUMN parting TEXT;
ALTER TABLE connection ADD COLUMN parting_erases INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connection ADD COLUMN parting_stage TEXT;
ALTER TABLE connection ADD COLUMN parting_problem TEXT;
ALTER TABLE connection ADD COLUMN parting_link TEXT REFERENCES link (id);
ALTER TABLE connection ADD COLUMN parting_until INTEGER;
ALTER TABLE connection ADD COLUMN successor TEXT;
ALTER TABLE connection ADD COLUMN successor_method TEXT;
CREATE INDEX connection_to_end ON connection (parting_until) WHERE parting_until IS NOT NULL;

-- A keyed hash of the name of the login under client, user and institution, so that the same login is known again; never
-- of its secret. Forgotten when the connection ends. And until when the aggregator is taken to wait before it tries it.
ALTER TABLE connection ADD COLUMN login_hash TEXT;
ALTER TABLE connection ADD COLUMN paused_until INTEGER;
CREATE INDEX connection_by_login ON connection (login_hash) WHERE login_hash IS NOT NULL;
