"""What was asked of the stores, counted in the database: a restart forgets nothing."""
