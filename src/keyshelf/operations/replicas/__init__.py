"""Replicas: what they lack of the bucket that they copy, and copying that."""
