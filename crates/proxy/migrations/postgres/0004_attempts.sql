-- How many unsafe upstream calls were begun for a connection. After the first, one may have made something upstream
-- whose id never reached us.
ALTER TABLE connection ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
