"""Streams: HLS and DASH of the same segments, packaged, measured, encrypted and published.

`publishing.publish_film` and `publishing.publish_recording` do all of it; `upkeep` removes
what was replaced.
"""
