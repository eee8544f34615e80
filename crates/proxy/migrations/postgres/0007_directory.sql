-- The institutions as each aggregator listed them last, whole, as JSON: what is served while it is away.
CREATE TABLE directory (
    aggregator TEXT PRIMARY KEY,
    read_at    BIGINT NOT NULL,
    listings   TEXT NOT NULL
);
