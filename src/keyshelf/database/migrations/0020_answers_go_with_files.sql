-- Answers under an idempotency key that name a file go with the file, so that what somebody
-- deleted for ever is not read there for another day.
ALTER TABLE idempotency_keys ADD COLUMN about UUID[] NOT NULL DEFAULT '{}';
CREATE INDEX idempotency_keys_about ON idempotency_keys USING gin (about);

CREATE FUNCTION forget_answers_about_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM idempotency_keys WHERE about && ARRAY(SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER forget_answers AFTER DELETE ON files
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_answers_about_files();
