-- Hashes whose media are being removed: what a crash leaves of that is finished from here, and
-- until then nothing more is made for them.
CREATE TABLE media_removals (
    hash TEXT COLLATE "C" PRIMARY KEY,
    asked_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
