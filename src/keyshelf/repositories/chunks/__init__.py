"""Which chunks are in which repository, and how they come to be there."""
