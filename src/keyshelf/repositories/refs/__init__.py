"""Branches, tags and the commits that they lead to."""
