"""Whether the tree of folders is sound: looked at, never mended."""
