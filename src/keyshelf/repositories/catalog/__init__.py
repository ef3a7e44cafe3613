"""Which repositories there are, whose they are and how they are made."""
