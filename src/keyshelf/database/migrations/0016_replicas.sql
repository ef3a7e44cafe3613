-- How far each replica of the repository store was behind when it was last compared.

CREATE TABLE replica_states (
    replica TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    compared_at TIMESTAMPTZ NOT NULL,
    -- What the repository store held of it.
    objects BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    missing_bytes BIGINT NOT NULL,
    older BIGINT NOT NULL,
    different BIGINT NOT NULL,
    extra BIGINT NOT NULL,
    extra_bytes BIGINT NOT NULL,
    -- Manifests that may need a chunk which is missing beside them.
    incomplete BIGINT NOT NULL,
    -- The age of the oldest object that is missing or older there.
    lag INTERVAL NOT NULL
);
