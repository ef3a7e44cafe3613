"""Every object key, spelled and parsed here and nowhere else.

The layout is a stored format: changing a function here orphans objects that are
already written. `tests/golden/keys.txt` pins an example of each key.
"""
