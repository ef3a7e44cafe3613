"""How lists are paged: the query parameters that all of them share."""

from typing import Annotated

from fastapi import Depends, Query

from keyshelf.drive.lists.service import MAX_PAGE, Paging


async def _paging(
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
) -> Paging:
    return Paging(limit=limit, cursor=cursor)


PageWanted = Annotated[Paging, Depends(_paging)]
