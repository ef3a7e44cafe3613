"""What is made of a film: its cover, a moving preview, the rungs of a ladder, seek pictures.

Every part takes the tools, the source as a local file and what probing told of it, and writes
into a folder of the caller's.
"""
