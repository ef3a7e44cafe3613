"""Telling programs, over HTTP, that a job ended (Standard Webhooks)."""
