"""Rebuilding the rows of repositories from the objects in the store: `service.rebuild`."""
