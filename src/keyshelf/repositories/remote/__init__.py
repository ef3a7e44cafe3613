"""The carrier to a service elsewhere: its API by `keyshelf.client`, chunks straight to its store.

Repositories are opened here: passphrases, keys and secrets never leave this machine.
"""
