"""The process that touches pixels: reads requests, answers each, and is ended from outside.

The only importer of image libraries. The service starts it as `python -I -m` of this package
and imports none of it.
"""
