-- The key-encryption key that wraps new content keys, whatever process asks for them: a process
-- that has older settings than the others then does not go on with the key that is to go.
CREATE TABLE present_kek (
    is_only BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_only),
    kek_version TEXT NOT NULL
);
INSERT INTO present_kek (kek_version)
SELECT kek_version FROM content_keys ORDER BY created_at DESC LIMIT 1;
