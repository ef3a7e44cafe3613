-- Jobs can be paused, and keep a log.
ALTER TABLE jobs
    -- Somebody wants the running attempt to stop at its next safe place, and the job to wait.
    ADD COLUMN pause_requested BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN resumed_at TIMESTAMPTZ,
    -- The process that took it last.
    ADD COLUMN worker TEXT,
    DROP CONSTRAINT jobs_state_check,
    ADD CONSTRAINT jobs_state_check
        CHECK (state IN ('queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'));

-- A paused job keeps its key.
DROP INDEX jobs_unique_key;
CREATE UNIQUE INDEX jobs_unique_key ON jobs (kind, unique_key)
    WHERE state IN ('queued', 'running', 'paused');

-- What happened to a job, the last lines of it.
CREATE TABLE job_log (
    job_id UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    -- Whoever writes holds the job's row, so that lines of one job are counted as they are committed.
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMPTZ NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    text TEXT NOT NULL,
    code TEXT,
    detail TEXT,
    PRIMARY KEY (job_id, number)
);
