-- A keyed hash of the name of the login that was sent last, as `login_hash` is one: it becomes that when it is seen to work.
ALTER TABLE connection ADD COLUMN login_tried TEXT;
