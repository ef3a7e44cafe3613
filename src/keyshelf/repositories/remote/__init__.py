"""The carrier to a service elsewhere: its API by `keyshelf.client`.

Chunks go straight to its store, or through it where the store is the service's own.
Repositories are opened here: passphrases, keys and secrets never leave this machine.
"""
