"""Checkout: a version of a repository becomes files in a folder."""
