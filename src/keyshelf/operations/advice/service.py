"""Advice for the stores, from the figures in the database."""

from collections.abc import Sequence

from keyshelf.database.pool import Database
from keyshelf.operations.advice import queries
from keyshelf.operations.advice.advising import advice
from keyshelf.operations.advice.values import Advice, Place


async def advised(database: Database, places: Sequence[Place]) -> Sequence[tuple[str, Advice]]:
    """Return what the figures call for, with the store; nothing where none were written down."""
    by_store = {each.store: each for each in places}
    async with database.read() as tx:
        usages = await queries.usages(tx)
    return [
        (usage.store, each)
        for usage in usages
        if usage.store in by_store
        for each in advice(usage, by_store[usage.store])
    ]
