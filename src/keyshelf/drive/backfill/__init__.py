"""Bringing bucket and database together: the bucket alone is enough to make the drive again.

`service.backfill` registers objects that no row knows, `missing.find_missing` finds
rows whose object is gone.
"""
