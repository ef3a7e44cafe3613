"""Uploads: bytes go straight to the store, and a file appears when all of them are there.

`reserve.reserve` takes a name, `transfer` hands out URLs and says what has arrived,
`complete.complete` checks the bytes and shows the file, `abandon` aborts and sweeps.
"""
