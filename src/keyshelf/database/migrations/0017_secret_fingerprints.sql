-- By what the processes of a service know that they have the same secrets. No secret can be told
-- from its fingerprint.
CREATE TABLE secret_fingerprints (
    -- The setting; of keys that have names, with a blank and the name behind it.
    name TEXT COLLATE "C" PRIMARY KEY,
    fingerprint BYTEA NOT NULL CHECK (octet_length(fingerprint) = 16),
    noted_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
