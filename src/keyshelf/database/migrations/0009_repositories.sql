-- Repositories: what they are, where their refs are, which chunks and commits they have.
-- No path, message or hash of a file is kept here: encrypted repositories would leak them.

CREATE TABLE repositories (
    number INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    owner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    min_chunk INTEGER NOT NULL,
    average_chunk INTEGER NOT NULL,
    max_chunk INTEGER NOT NULL,
    level SMALLINT NOT NULL,
    -- NULL when not encrypted.
    key_id BYTEA CHECK (length(key_id) = 8),
    slots JSONB NOT NULL DEFAULT '[]',
    -- Grows by one with everything that the mirror in the store tells.
    generation BIGINT NOT NULL DEFAULT 1,
    mirrored_generation BIGINT NOT NULL DEFAULT 0,
    -- Of which generation the statistics and the Bloom filter in the store are.
    snapshot_generation BIGINT NOT NULL DEFAULT 0,
    -- Grows by one with every batch of condemnations; orders them and pushes without a clock.
    epoch BIGINT NOT NULL DEFAULT 0,
    -- Kept with the rows of repository_chunks, in the same transactions.
    chunks BIGINT NOT NULL DEFAULT 0,
    chunk_bytes BIGINT NOT NULL DEFAULT 0,
    stored_bytes BIGINT NOT NULL DEFAULT 0,
    UNIQUE (owner_id, name)
);
CREATE INDEX repositories_unmirrored ON repositories (number)
    WHERE mirrored_generation < generation;
CREATE INDEX repositories_unsnapped ON repositories (number)
    WHERE snapshot_generation < generation;

CREATE TABLE repository_refs (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('branch', 'tag')),
    name TEXT COLLATE "C" NOT NULL,
    commit_hash BYTEA NOT NULL CHECK (length(commit_hash) = 32),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (repository, kind, name)
);

-- A row means that the manifest is in the store.
CREATE TABLE repository_commits (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    parents BYTEA[] NOT NULL,
    generation BIGINT NOT NULL,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    condemned_at TIMESTAMPTZ,
    condemned_epoch BIGINT,
    PRIMARY KEY (repository, hash),
    CHECK ((condemned_at IS NULL) = (condemned_epoch IS NULL))
);

-- A row means that the chunk is in the store and that its bytes proved to be its.
CREATE TABLE repository_chunks (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    id BYTEA NOT NULL CHECK (length(id) = 32),
    size INTEGER NOT NULL,
    stored_size INTEGER NOT NULL,
    condemned_at TIMESTAMPTZ,
    condemned_epoch BIGINT,
    PRIMARY KEY (repository, id),
    CHECK ((condemned_at IS NULL) = (condemned_epoch IS NULL))
);
CREATE INDEX repository_chunks_id ON repository_chunks (id);
CREATE INDEX repository_chunks_condemned ON repository_chunks (repository, condemned_at)
    WHERE condemned_at IS NOT NULL;

-- Somebody writes: what a push was told to be there stays until it is over.
CREATE TABLE repository_pushes (
    id UUID PRIMARY KEY,
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    identity_id TEXT NOT NULL,
    nonce BYTEA NOT NULL CHECK (length(nonce) = 32),
    -- The repository's when it began: what is condemned later, it may have been told to be there.
    epoch BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX repository_pushes_repository ON repository_pushes (repository, epoch);

-- Objects that may be on their way into the store; a row for each batch.
CREATE TABLE repository_reservations (
    id UUID PRIMARY KEY,
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    push UUID NOT NULL,
    keys TEXT[] COLLATE "C" NOT NULL,
    reserved_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX repository_reservations_push ON repository_reservations (push);

-- Objects to be deleted, unless somebody wants them again before.
CREATE TABLE repository_deletions (
    key TEXT COLLATE "C" PRIMARY KEY,
    noted_at TIMESTAMPTZ NOT NULL,
    last_error TEXT
);

-- What one run of the collector has found reachable: lost with a crash, and then found anew.
CREATE UNLOGGED TABLE repository_marks (
    run UUID NOT NULL,
    id BYTEA NOT NULL,
    PRIMARY KEY (run, id)
);
CREATE TABLE repository_collections (
    run UUID PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL
);
