"""Checking a repository: `service.check` finds what is damaged and whom it hurts."""
