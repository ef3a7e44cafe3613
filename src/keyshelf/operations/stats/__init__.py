"""What was stored, day by day: `service.take` writes a day down, `service.latest` reads it."""
