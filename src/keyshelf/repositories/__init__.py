"""Repositories: every version of a folder, in deduplicated chunks."""
