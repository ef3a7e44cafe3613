"""The tree of files and folders: its rows and its places."""
