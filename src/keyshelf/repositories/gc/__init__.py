"""Collecting garbage: `service.collect`, and deleting chunks by the same rules."""
