"""Condemning and dropping rows of what is not marked."""
