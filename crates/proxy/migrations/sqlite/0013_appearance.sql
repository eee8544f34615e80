-- What a client asked of the look of an opening: colours, corners, letters. JSON; the theme stands in its own column, too.
ALTER TABLE link ADD COLUMN appearance TEXT NOT NULL DEFAULT '{}';
