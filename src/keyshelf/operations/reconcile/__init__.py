"""Comparing a store with the database: what only one of them knows, and what differs."""
