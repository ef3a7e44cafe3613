-- Objects that differ and are too young to be judged.

ALTER TABLE reconciliations ADD COLUMN young BIGINT NOT NULL DEFAULT 0;
