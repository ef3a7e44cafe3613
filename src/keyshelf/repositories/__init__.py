"""Repositories: every version of a folder, in deduplicated, encrypted chunks.

From outside: `host` (where repositories are: `direct.host` on the machine of the stores,
`remote.host` over HTTP) gives a `carrier`, the way to one of them. On any carrier stand
`commit.service`, `checkout.service`, `history` (log, diff, folders, content of files) and
`check`. Where the stores are there are also `gc`, `rebuild` and `managing`. What is stored
is in `formats`, and what it means in docs/reference/stored-formats-repositories.md.
"""
