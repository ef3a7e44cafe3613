"""Object stores behind one protocol: memory, disk, S3, GCS and Azure.

Others use `store.base` (the protocol, its values and errors) and
`store.opening` (options → a store); the rest is this package's own.
"""
