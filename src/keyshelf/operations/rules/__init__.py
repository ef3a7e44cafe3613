"""Rules of buckets: what is wanted, in each cloud's own words, compared and applied."""
