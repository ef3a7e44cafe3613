-- Why a replica could not be compared; a comparison that comes to its end takes the row away.

CREATE TABLE replica_failures (
    replica TEXT PRIMARY KEY,
    failed_at TIMESTAMPTZ NOT NULL,
    detail TEXT NOT NULL
);
