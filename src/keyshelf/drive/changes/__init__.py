"""Changes of the tree: making folders, renaming, moving, copying, marking."""
