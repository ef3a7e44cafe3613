-- Media: what is known of content, what was made of it, its keys, and who is told.

-- The BLAKE3 of a file's bytes, once they were read; NULL again when they are replaced.
ALTER TABLE files ADD COLUMN content_hash TEXT COLLATE "C"
    CHECK (content_hash ~ '^[0-9a-f]{64}$');
CREATE INDEX files_content ON files (content_hash) WHERE content_hash IS NOT NULL;
-- Files that were not read yet, for the task that catches up: '/' for those whose type says that
-- they are media, and the others by what their name ends with.
CREATE INDEX files_not_inspected ON files ((
    CASE WHEN mimetype ~* '^(image|video|audio)/' THEN '/'
    ELSE coalesce(substring(search_name FROM '[.]([^.]+)$'), '') END
))
    WHERE content_hash IS NULL AND NOT is_folder AND state = 'ready' AND deleted_at IS NULL;

-- Content that some file let go of: what was made of it goes too, if no other file has it.
CREATE TABLE released_content (
    content_hash TEXT COLLATE "C" PRIMARY KEY,
    released_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- What a look at the bytes told, by content. `hash` is a BLAKE3, or a caller's name for a source.
CREATE TABLE media_assets (
    hash TEXT COLLATE "C" PRIMARY KEY CHECK (hash ~ '^[0-9A-Za-z_-]{1,128}$'),
    -- Who first named it. For a BLAKE3 anybody who can read the bytes may ask for work.
    owner_id TEXT NOT NULL,
    source_key TEXT COLLATE "C" NOT NULL,
    kind TEXT CHECK (kind IN ('image', 'video', 'audio')),
    mimetype TEXT,
    size BIGINT CHECK (size >= 0),
    width INTEGER,
    height INTEGER,
    duration_ms BIGINT,
    -- As EXIF counts them, 1 to 8; width and height are those of the upright picture.
    orientation SMALLINT CHECK (orientation BETWEEN 1 AND 8),
    taken_at TIMESTAMP,
    thumbhash BYTEA,
    -- 0xRRGGBB
    dominant_color INTEGER,
    -- Streams of a film, as the probe tells them.
    facts JSONB,
    error_code TEXT,
    error_detail TEXT,
    inspected_at TIMESTAMPTZ
);

-- Objects of the media store that were made for a hash; those of a stream are counted together.
CREATE TABLE media_renditions (
    hash TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" PRIMARY KEY,
    -- thumbnail, cover, preview, download, waveform, sprites, stream
    kind TEXT NOT NULL,
    format TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    width INTEGER,
    height INTEGER,
    duration_ms BIGINT,
    facts JSONB,
    -- Which job made it last; another that asks for the same finds it here.
    job_id UUID,
    made_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX media_renditions_hash ON media_renditions (hash);

-- Encodes of a hash. At most one is live: the one that the master playlist names.
CREATE TABLE media_encodes (
    id UUID PRIMARY KEY,
    hash TEXT COLLATE "C" NOT NULL,
    area TEXT NOT NULL CHECK (area IN ('videos', 'audio')),
    job_id UUID,
    state TEXT NOT NULL CHECK (state IN ('making', 'live', 'replaced')),
    -- Folders below the hash's own that belong to it alone.
    folders TEXT[] NOT NULL,
    replaced_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX media_encodes_live ON media_encodes (hash, area) WHERE state = 'live';
CREATE INDEX media_encodes_hash ON media_encodes (hash);
CREATE INDEX media_encodes_replaced ON media_encodes (replaced_at) WHERE state = 'replaced';

-- The content key of an encode, wrapped by a key-encryption key and bound to hash and id.
CREATE TABLE content_keys (
    id UUID PRIMARY KEY,
    hash TEXT COLLATE "C" NOT NULL,
    encode_id UUID NOT NULL,
    kid BYTEA NOT NULL CHECK (octet_length(kid) = 16),
    scheme TEXT NOT NULL CHECK (scheme IN ('cbcs')),
    wrapped_key BYTEA NOT NULL CHECK (octet_length(wrapped_key) = 32),
    wrap_nonce BYTEA NOT NULL CHECK (octet_length(wrap_nonce) = 12),
    kek_version TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX content_keys_hash ON content_keys (hash);
CREATE INDEX content_keys_encode ON content_keys (encode_id);
CREATE INDEX content_keys_kek ON content_keys (kek_version);

-- Pictures made when they were asked for, and of which version of which source.
CREATE TABLE image_cache_entries (
    processing_hash TEXT COLLATE "C" PRIMARY KEY CHECK (processing_hash ~ '^[0-9a-f]{64}$'),
    storage_key TEXT COLLATE "C" NOT NULL,
    source_key TEXT COLLATE "C" NOT NULL,
    source_version TEXT NOT NULL,
    -- The content of that version, when it is known.
    hash TEXT COLLATE "C",
    format TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX image_cache_source ON image_cache_entries (source_key);
CREATE INDEX image_cache_hash ON image_cache_entries (hash) WHERE hash IS NOT NULL;
CREATE INDEX image_cache_age ON image_cache_entries (created_at);

-- Parts of a job that are done, so that an attempt goes on where the last one ended.
CREATE TABLE media_stages (
    job_id UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'failed')),
    result JSONB,
    error_code TEXT,
    error_detail TEXT,
    ended_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, stage)
);
-- The jobs of a hash, and the ones that asked for the same.
CREATE INDEX jobs_of_media ON jobs ((payload ->> 'hash')) WHERE payload ? 'hash';
CREATE INDEX jobs_of_inspection ON jobs ((payload ->> 'file_id')) WHERE kind = 'inspect';
CREATE INDEX jobs_of_request ON jobs ((payload ->> 'fingerprint')) WHERE payload ? 'fingerprint';

-- Webhooks: those whose job goes on, those to be sent, those that were or could not be.
CREATE TABLE webhooks (
    id UUID PRIMARY KEY,
    job_id UUID REFERENCES jobs (id) ON DELETE CASCADE,
    hash TEXT COLLATE "C" NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('waiting', 'pending', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_status INTEGER,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    sent_at TIMESTAMPTZ
);
CREATE INDEX webhooks_due ON webhooks (next_at) WHERE state = 'pending';
CREATE INDEX webhooks_job ON webhooks (job_id);
-- Whoever asks for a job twice is told once.
CREATE UNIQUE INDEX webhooks_waiting ON webhooks (job_id, url) WHERE state = 'waiting';
