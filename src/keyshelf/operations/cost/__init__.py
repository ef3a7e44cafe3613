"""What it costs: from what is stored, and a price book, to a bill that explains itself."""
