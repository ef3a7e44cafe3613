-- What was chosen for one archive, for the short while until its link is followed:
-- the address of the archive itself would be too long for a thousand ids.

CREATE TABLE zip_selections (
    id uuid PRIMARY KEY,
    viewer_id text NOT NULL,
    file_ids uuid[] NOT NULL CHECK (cardinality(file_ids) > 0),
    expires_at timestamptz NOT NULL
);

CREATE INDEX idx_zip_selections_expires ON zip_selections (expires_at);
