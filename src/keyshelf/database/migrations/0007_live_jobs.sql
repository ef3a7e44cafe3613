-- Only jobs that have not ended are counted, by the index of those.
DROP INDEX jobs_counted;
