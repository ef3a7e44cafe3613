"""Deleting objects that no row names: noted first, deleted second."""
