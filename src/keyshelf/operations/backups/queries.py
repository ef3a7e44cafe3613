"""Statements on a database that a backup is to be loaded into."""

from keyshelf.database.transactions import ReadTransaction


async def is_empty(tx: ReadTransaction) -> bool:
    """Say whether nobody has kept anything in it: no tables, or no rows that people made.

    Tables of others count as something.
    """
    for table in ("files", "repositories"):
        if await tx.value("SELECT to_regclass(%(table)s)", {"table": f"public.{table}"}) is None:
            is_bare: bool = await tx.value(
                "SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
            )
            return is_bare
    is_used: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM files) OR EXISTS (SELECT FROM repositories)"
    )
    return not is_used
