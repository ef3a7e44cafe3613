-- Tokens for repositories.

ALTER TABLE api_tokens DROP CONSTRAINT api_tokens_scopes_check;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_scopes_check CHECK (
    cardinality(scopes) > 0 AND scopes <@ ARRAY[
        'drive:read', 'drive:write', 'repository:read', 'repository:write', 'admin'
    ]
);
