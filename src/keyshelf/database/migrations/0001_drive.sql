-- The drive: files and folders, per-user state, uploads, and objects waiting to be deleted.

CREATE TABLE files (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    s3_key TEXT COLLATE "C" NOT NULL,
    filename TEXT NOT NULL,
    mimetype TEXT NOT NULL DEFAULT 'application/octet-stream',
    size BIGINT NOT NULL DEFAULT 0 CHECK (size >= 0),
    owner_id TEXT NOT NULL,
    parent_id UUID REFERENCES files (id) ON DELETE CASCADE,
    is_folder BOOLEAN NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ,

    -- pending: reserved by an upload, size 0 until the store has confirmed the bytes.
    state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('pending', 'ready')),
    -- What the store answered for the bytes; NULL for folders and pending files.
    object_etag TEXT,
    -- True while s3_key is not yet the key that the names along the path spell.
    moving BOOLEAN NOT NULL DEFAULT false,
    -- Where the object is being copied to; set before the first byte is written there.
    pending_key TEXT COLLATE "C" UNIQUE,
    -- The row whose trashing took this one along; itself for what a person trashed.
    trashed_with UUID,
    -- Grows by one with every change of the row but its folder size: the ETag of the API.
    version BIGINT NOT NULL DEFAULT 1,
    -- Forms of the filename for searching and for natural order, made by layout.names.
    search_name TEXT COLLATE "C" NOT NULL DEFAULT '',
    sort_name TEXT COLLATE "C" NOT NULL DEFAULT '',

    CONSTRAINT files_not_own_parent CHECK (parent_id <> id),
    CONSTRAINT files_trashed_whole CHECK ((deleted_at IS NULL) = (trashed_with IS NULL))
);

CREATE UNIQUE INDEX idx_files_s3key ON files (s3_key);
ALTER TABLE files ADD CONSTRAINT idx_files_s3key UNIQUE USING INDEX idx_files_s3key;
CREATE INDEX idx_files_parent ON files (parent_id) WHERE deleted_at IS NULL;
CREATE INDEX idx_files_owner ON files (owner_id) WHERE deleted_at IS NULL;

-- One live file or folder of a name in a place, reserved names included.
CREATE UNIQUE INDEX files_name_taken
    ON files (owner_id, COALESCE(parent_id, '00000000-0000-0000-0000-000000000000'), filename)
    WHERE deleted_at IS NULL;
-- A level in natural order; also what deleting a parent looks its children up by.
CREATE INDEX files_level ON files (parent_id, owner_id, is_folder DESC, sort_name, id);
CREATE INDEX files_moving ON files (owner_id, id) WHERE moving;
CREATE INDEX files_trash ON files (owner_id, deleted_at DESC, id) WHERE trashed_with = id;
CREATE INDEX files_trashed_with ON files (trashed_with) WHERE trashed_with IS NOT NULL;

CREATE TABLE user_file_state (
    user_id TEXT NOT NULL,
    file_id UUID NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    favorited BOOLEAN NOT NULL DEFAULT false,
    last_opened TIMESTAMPTZ,
    PRIMARY KEY (user_id, file_id)
);

CREATE INDEX user_file_state_file ON user_file_state (file_id);
CREATE INDEX user_file_state_recent ON user_file_state (user_id, last_opened DESC)
    WHERE last_opened IS NOT NULL;
CREATE INDEX user_file_state_favorites ON user_file_state (user_id) WHERE favorited;

CREATE TABLE uploads (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    -- NULL once a failed or expired upload of a new file has given its name back.
    file_id UUID REFERENCES files (id) ON DELETE SET NULL,
    owner_id TEXT NOT NULL,
    created_by TEXT NOT NULL,
    s3_key TEXT COLLATE "C" NOT NULL,
    filename TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    mimetype TEXT NOT NULL,
    -- True: the bytes of a ready file are replaced when the upload completes, not before.
    replaces BOOLEAN NOT NULL DEFAULT false,
    multipart_id TEXT,
    part_size BIGINT,
    part_count INTEGER,
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'ready', 'failed', 'expired')),
    error TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ
);

CREATE UNIQUE INDEX uploads_open_file ON uploads (file_id) WHERE state = 'pending';
CREATE INDEX uploads_file ON uploads (file_id);
CREATE INDEX uploads_open ON uploads (expires_at) WHERE state = 'pending';
CREATE INDEX uploads_mine ON uploads (created_by, created_at DESC) WHERE state = 'pending';

-- Objects that no row names any longer. Whoever hands such a key out again
-- deletes the row here first, which waits for a deletion that is under way.
CREATE TABLE object_deletions (
    s3_key TEXT COLLATE "C" PRIMARY KEY,
    requested_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT
);

-- The size of all live files below a folder: the repair path. UNION, where the
-- specification has UNION ALL, makes a cycle of folders end.
CREATE FUNCTION recompute_folder_size(folder_id UUID) RETURNS BIGINT
LANGUAGE SQL STABLE AS $$
    WITH RECURSIVE descendants AS (
        SELECT id, size, is_folder
        FROM files
        WHERE parent_id = folder_id AND deleted_at IS NULL
        UNION
        SELECT f.id, f.size, f.is_folder
        FROM files f
        JOIN descendants d ON f.parent_id = d.id
        WHERE f.deleted_at IS NULL
    )
    SELECT COALESCE(SUM(size) FILTER (WHERE NOT is_folder), 0)::BIGINT FROM descendants;
$$;

-- Recompute a folder and every folder above it: the repair path. Raises on a cycle.
CREATE FUNCTION propagate_folder_sizes(start_parent_id UUID) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    current_id UUID := start_parent_id;
    seen UUID[] := '{}';
    computed BIGINT;
BEGIN
    WHILE current_id IS NOT NULL LOOP
        IF current_id = ANY (seen) THEN
            RAISE EXCEPTION 'folder % is its own ancestor', current_id
                USING ERRCODE = 'KS001';
        END IF;
        seen := seen || current_id;
        computed := recompute_folder_size(current_id);
        UPDATE files SET size = computed WHERE id = current_id AND is_folder = true;
        SELECT parent_id INTO current_id FROM files WHERE id = current_id;
    END LOOP;
END;
$$;

-- Add to the size of a folder and every folder above it: what every change calls.
-- Its cost is the depth of the folder, whatever lies below. Raises on a cycle.
CREATE FUNCTION add_to_folder_sizes(start_parent_id UUID, delta BIGINT) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    current_id UUID := start_parent_id;
    seen UUID[] := '{}';
BEGIN
    IF delta = 0 THEN
        RETURN;
    END IF;
    WHILE current_id IS NOT NULL LOOP
        IF current_id = ANY (seen) THEN
            RAISE EXCEPTION 'folder % is its own ancestor', current_id
                USING ERRCODE = 'KS001';
        END IF;
        seen := seen || current_id;
        UPDATE files SET size = size + delta
            WHERE id = current_id RETURNING parent_id INTO current_id;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END LOOP;
END;
$$;
