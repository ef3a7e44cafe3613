-- What was stored, day by day: a history that costs and growth are told from.

-- A row for each repository and day, those of deleted repositories included.
CREATE TABLE repository_stats (
    day DATE NOT NULL,
    repository UUID NOT NULL,
    calculated_at TIMESTAMPTZ NOT NULL,
    name TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    commits BIGINT NOT NULL,
    chunks BIGINT NOT NULL,
    -- What copies of all commits' files would take.
    logical_bytes BIGINT NOT NULL,
    -- What its chunks take before compression, and as objects, as though it had them for itself.
    chunk_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    -- Its share of what is stored: of a chunk that three repositories have, a third.
    storage_bytes BIGINT NOT NULL,
    PRIMARY KEY (day, repository)
);
CREATE INDEX repository_stats_repository ON repository_stats (repository, day);

-- A row for each store, kind of object, storage class and tenant, every day.
CREATE TABLE storage_snapshots (
    day DATE NOT NULL,
    store TEXT NOT NULL CHECK (store IN ('source', 'media', 'repository')),
    -- file, trash; image, video, audio, cache; chunk, manifest, proxy, metadata
    kind TEXT NOT NULL,
    storage_class TEXT NOT NULL CHECK (storage_class IN ('hot', 'warm', 'cold', 'archive')),
    -- Whose it is: an identity, 'shared', or '' for what is nobody's.
    tenant TEXT NOT NULL,
    calculated_at TIMESTAMPTZ NOT NULL,
    objects BIGINT NOT NULL CHECK (objects >= 0),
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    -- Of these, the ones below 128 KiB, which some classes bill as though they had that.
    small_objects BIGINT NOT NULL CHECK (small_objects BETWEEN 0 AND objects),
    small_bytes BIGINT NOT NULL CHECK (small_bytes BETWEEN 0 AND bytes),
    -- Counted in part only, or of a class that was told by age.
    is_estimate BOOLEAN NOT NULL,
    PRIMARY KEY (day, store, kind, storage_class, tenant)
);

-- What was asked of each store since the beginning, as counted up to a day.
CREATE TABLE request_snapshots (
    day DATE NOT NULL,
    store TEXT NOT NULL,
    calculated_at TIMESTAMPTZ NOT NULL,
    writes BIGINT NOT NULL,
    reads BIGINT NOT NULL,
    lists BIGINT NOT NULL,
    PRIMARY KEY (day, store)
);
