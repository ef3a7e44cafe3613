"""What `keyshelf doctor` looks at, a module for each part.

`values` is what a check says; `machine`, `databases`, `redis` and `stores` look,
`browsers` asks a store what a browser would ask it.
"""
