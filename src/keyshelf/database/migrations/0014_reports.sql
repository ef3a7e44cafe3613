-- Comparisons of a store with the database, and what they found.

CREATE TABLE reconciliations (
    id UUID PRIMARY KEY,
    store TEXT NOT NULL CHECK (store IN ('source', 'media', 'repository')),
    repairs BOOLEAN NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    -- NULL while it goes on, or waits for somebody who goes on with it.
    finished_at TIMESTAMPTZ,
    -- All keys up to this one are compared.
    compared_to TEXT COLLATE "C" NOT NULL DEFAULT '',
    objects BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    rows BIGINT NOT NULL DEFAULT 0,
    orphans BIGINT NOT NULL DEFAULT 0,
    orphan_bytes BIGINT NOT NULL DEFAULT 0,
    missing BIGINT NOT NULL DEFAULT 0,
    wrong_sizes BIGINT NOT NULL DEFAULT 0,
    repaired BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX reconciliations_open ON reconciliations (store) WHERE finished_at IS NULL;
CREATE INDEX reconciliations_newest ON reconciliations (store, started_at DESC);

-- The first ten thousand of each.
CREATE TABLE reconciliation_findings (
    reconciliation UUID NOT NULL REFERENCES reconciliations ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('orphan', 'missing', 'wrong-size')),
    key TEXT COLLATE "C" NOT NULL,
    -- What the store has, and what the database says.
    size BIGINT,
    expected BIGINT,
    -- What was done about it; NULL when nothing was.
    repair TEXT,
    PRIMARY KEY (reconciliation, key)
);
