"""The drive: files and folders whose names are the keys of their objects.

Others use `drive.service` (the `Drive` that `keyshelf.app` builds), `drive.values`
(what its answers are made of) and `drive.failures` (what it refuses).
"""
