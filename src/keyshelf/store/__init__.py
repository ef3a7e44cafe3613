"""Object stores behind one protocol: memory, disk, S3, GCS and Azure.

Others use `store.base` (the protocol and its values), `store.errors` and
`store.opening` (options → a store); the rest is this package's own.
"""
