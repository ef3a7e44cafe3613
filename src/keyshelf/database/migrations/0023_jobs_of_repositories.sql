-- The newest job of a kind for each of some repositories.

CREATE INDEX jobs_of_repository ON jobs (kind, (payload ->> 'repository'), created_at DESC, id DESC)
    WHERE payload ? 'repository';
