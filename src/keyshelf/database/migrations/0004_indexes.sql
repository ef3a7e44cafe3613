-- Indexes that keep what is looked at often as small as what changes.

-- The root of a drive in natural order: no order is known of what IS NULL in files_level.
CREATE INDEX files_roots ON files (owner_id, is_folder DESC, sort_name, id)
    WHERE parent_id IS NULL;
-- Names that were reserved, for the sweep of those that were never filled.
CREATE INDEX files_pending ON files (created_at) WHERE state = 'pending';
-- What is to be deleted next.
CREATE INDEX object_deletions_next ON object_deletions (attempts, requested_at);
