"""FFmpeg, ffprobe and Shaka Packager: finding them, and running them behind a fence.

What they read was made by strangers. Each run has a private folder, an environment of its
own, no way to the network, and bounds of time, memory and output; what it says goes to our
log and never into an answer.
"""
