"""Keyshelf keeps media on object storage under keys a person can read.

Importing this package opens nothing: `keyshelf.app` builds every object from
settings, and entry points (`cli`, `api`, `worker`) open and close them.
"""

__version__ = "0.1.0"
