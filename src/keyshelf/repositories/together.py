"""Tasks that belong together, of which the first failure is the one that is told."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup


@asynccontextmanager
async def together() -> AsyncGenerator[TaskGroup]:
    """Give a task group; its first failure ends the others and is raised as it is."""
    try:
        async with anyio.create_task_group() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise _first(failures) from failures


def _first(failure: BaseException) -> BaseException:
    if isinstance(failure, BaseExceptionGroup):
        return _first(failure.exceptions[0])  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] -- isinstance cannot tell of what the group is
    return failure
