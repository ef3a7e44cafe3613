"""PostgreSQL: `pool.Database` and its `transactions`, `migrate.migrate`, `embedded`."""
