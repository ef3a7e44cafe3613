"""Moves files between this machine and the store: in parallel, resumable, nothing twice."""
