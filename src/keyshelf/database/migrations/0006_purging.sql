-- What is being deleted for ever: it cannot come back, and its rows go in slices.
ALTER TABLE files ADD COLUMN purging BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX files_purging ON files (owner_id, deleted_at, id) WHERE purging;

-- One kind of job deletes rows and objects. What waited for the other is done by upkeep.
UPDATE jobs SET kind = 'purge' WHERE kind = 'empty-trash';
DELETE FROM jobs WHERE kind = 'delete-objects' AND state IN ('queued', 'running');
