"""Builds every object from settings; opens and closes them.

`service` is the open service, `readiness` whether what it stands on answers,
`workers` what works for it in the background,
`diagnosis` what `keyshelf doctor` asks, `stopping` how signals end it.
"""
