"""Bringing objects of a versioned bucket back: what was deleted, or all as it was at a time."""
