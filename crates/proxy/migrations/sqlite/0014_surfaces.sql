-- Where the widget stands: in a frame, as an element of the client's page, or by itself in a web view.
ALTER TABLE link ADD COLUMN surface TEXT NOT NULL DEFAULT 'frame';

-- In which language the terms were shown; unknown of those that were agreed to before.
ALTER TABLE consent ADD COLUMN language TEXT;
