"""The stored formats of repositories: bytes in, values out. Pure; see docs/reference."""
