-- Who is signed in, which programs hold tokens, and which creations were answered.
-- Secrets are kept as digests of 32 bytes: a copy of these tables opens nothing.

CREATE TABLE sessions (
    id_digest bytea PRIMARY KEY CHECK (octet_length(id_digest) = 32),
    identity_id text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX idx_sessions_expires ON sessions (expires_at);

CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    token_digest bytea NOT NULL UNIQUE CHECK (octet_length(token_digest) = 32),
    owner_id text NOT NULL,
    owner_name text NOT NULL,
    owner_email text,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    scopes text[] NOT NULL CHECK (
        cardinality(scopes) > 0 AND scopes <@ ARRAY['drive:read', 'drive:write', 'admin']
    ),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    last_used_at timestamptz
);

CREATE INDEX idx_api_tokens_owner ON api_tokens (owner_id, created_at);
CREATE INDEX idx_api_tokens_expires ON api_tokens (expires_at);

CREATE TABLE idempotency_keys (
    owner_id text NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL CHECK (octet_length(request_digest) = 32),
    claim_id uuid NOT NULL,
    claimed_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- All NULL while the request runs.
    status integer,
    content_type text,
    body bytea,
    PRIMARY KEY (owner_id, key),
    CHECK (num_nulls(status, content_type, body) IN (0, 3))
);

CREATE INDEX idx_idempotency_keys_expires ON idempotency_keys (expires_at);
