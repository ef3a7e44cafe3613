"""Who is writing: pushes, which the collector waits for."""
