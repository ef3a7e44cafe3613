"""Commit: a folder becomes a version of a repository."""
