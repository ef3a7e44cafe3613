"""What the bytes of files are: who reads them, and what is remembered of it."""
