"""Levels, search, recent files, favourites and the trash, page by page."""
