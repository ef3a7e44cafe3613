"""What clouds charge: the price book, which is data. `reading.parse` makes it of its text."""
