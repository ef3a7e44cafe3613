"""Reads from many regions: a primary that is written to, and replicas that copy it.

`opening.open_regions` makes one store of them. What may be read from a replica is what
never changes under its key; everything else is asked of the primary.
"""
