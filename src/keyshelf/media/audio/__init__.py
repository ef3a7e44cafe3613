"""Sound: AAC for streams, loudness, MP3 and FLAC to be downloaded, waveforms, what a file holds."""
