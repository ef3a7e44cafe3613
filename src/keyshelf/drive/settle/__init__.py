"""Making objects follow the names of their files."""
