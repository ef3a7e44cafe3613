"""Reading what was committed: refs, log, differences, folders, files. Nothing here writes."""
