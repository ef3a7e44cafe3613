-- Background jobs: these rows are the truth, a queue only carries their ids.

CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    queue TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    payload JSONB NOT NULL,
    -- At most one live job of a kind has a given key.
    unique_key TEXT,
    state TEXT NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    -- Not before this time; in the past for a job that may run.
    run_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- When its id was last given to the queue.
    announced_at TIMESTAMPTZ,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
    lease INTERVAL NOT NULL,

    -- The attempt that runs it. Only who knows the claim may write what came of it.
    claim UUID,
    lease_until TIMESTAMPTZ,
    cancel_requested BOOLEAN NOT NULL DEFAULT false,
    -- Asked for again while it was running: when it ends, however, it is queued as if new.
    run_again BOOLEAN NOT NULL DEFAULT false,

    progress_done BIGINT NOT NULL DEFAULT 0,
    progress_total BIGINT,
    progress_unit TEXT NOT NULL DEFAULT 'objects',
    progress_message TEXT,
    error_code TEXT,
    error_detail TEXT,
    result JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,

    CONSTRAINT jobs_running_is_claimed
        CHECK ((state = 'running') = (claim IS NOT NULL AND lease_until IS NOT NULL)),
    CONSTRAINT jobs_final_is_finished
        CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);

-- The partial indexes hold live jobs only and stay small.
CREATE UNIQUE INDEX jobs_unique_key ON jobs (kind, unique_key)
    WHERE state IN ('queued', 'running');
CREATE INDEX jobs_due ON jobs (queue, run_at) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_of_owner ON jobs (owner_id, created_at DESC, id DESC);
CREATE INDEX jobs_newest ON jobs (created_at DESC, id DESC);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_counted ON jobs (queue, state);

-- When each periodic task last began, so that one of many workers does it.
CREATE TABLE periodic_tasks (
    name TEXT PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL
);
