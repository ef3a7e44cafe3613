"""What was committed: the log, folders at any commit, and what changed."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import anyio
from fastapi import APIRouter, Query

from keyshelf.api.cursors import decode, encode
from keyshelf.api.repository_access import Readable
from keyshelf.api.repository_history_schemas import (
    ChangeList,
    ChangeOut,
    CommitDetail,
    CommitList,
    CommitOut,
    CountsOut,
    EntryOut,
    FolderChangeList,
    FolderChangeOut,
    TreeAnswer,
)
from keyshelf.api.routes.paging import PageWanted
from keyshelf.errors import LimitError
from keyshelf.layout.repository import CommitHash, commit_hash
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.history.by_folder import changes_by_folder
from keyshelf.repositories.history.diff import diff
from keyshelf.repositories.history.folders import find, list_folder
from keyshelf.repositories.history.log import log_page
from keyshelf.repositories.history.new_bytes import new_bytes
from keyshelf.repositories.history.resolve import resolve
from keyshelf.repositories.history.summary import summarize
from keyshelf.repositories.paths import components, joined, path_bytes, path_text
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import RefKind

router = APIRouter(prefix="/api/repositories/{repository_id}", tags=["repositories"])

PathWanted = Annotated[str, Query(max_length=20_000)]
_MAIN = "main"
MOST_SECONDS = 60.0
"""How long commits are compared for one request."""


class TooMuchToCompareError(LimitError):
    """Two commits differ in more than one request may look through. Ask for a folder of them."""

    code = "too-much-to-compare"


@router.get("/commits")
async def list_commits(
    at: Readable,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=16_000)] = None,
    ref: Annotated[str | None, Query(max_length=300)] = None,
) -> CommitList:
    """Return the commits that led to `ref`, or else to the default branch, newest first."""
    reader = at.reader()
    refs = await reader.carrier.refs()
    if cursor is not None:
        start = [commit_hash(each) for each in decode(cursor, list[str])]
    elif ref is not None:
        start = [(await resolve(reader, ref)).commit]
    else:
        branches = [each for each in refs if each.name.kind is RefKind.BRANCH]
        branches.sort(key=lambda each: each.name.name != _MAIN)
        start = [each.commit for each in branches[:1]]
    page = await log_page(reader, start, limit=limit)
    for damaged in page.damaged.values():
        raise damaged
    return CommitList(
        items=[CommitOut.of(each.commit, each.manifest, refs) for each in page.entries],
        next_cursor=encode(page.next) if page.next else None,
    )


@router.get("/commits/{ref:path}")
async def show_commit(at: Readable, ref: str) -> CommitDetail:
    """Return a commit, with what it changed of its first parent."""
    reader = at.reader()
    commit = (await resolve(reader, ref)).commit
    manifest = await reader.manifest(commit)
    before = (await reader.manifest(manifest.parents[0])).root if manifest.parents else None
    with _bounded():
        new = await new_bytes(reader, before, manifest.root)
        changes = await summarize(reader, before, manifest.root)
    shown = CommitOut.of(commit, manifest, await reader.carrier.refs())
    return CommitDetail(
        **shown.model_dump(),
        changes=CountsOut.of(changes),
        new_bytes=new.size,
        is_most=new.is_most,
    )


@router.get("/tree/{ref:path}")
async def show_tree(
    at: Readable, ref: str, paging: PageWanted, path: PathWanted = ""
) -> TreeAnswer:
    """Return what a commit has at a path, and of a folder one page of what is in it."""
    reader = at.reader()
    commit, root = await root_at(reader, ref)
    way = b"/".join(components(path_bytes(path)))
    entry = await find(reader, root, way)
    keys = reader.carrier.repository.keys
    items: list[EntryOut] = []
    next_name = None
    if isinstance(entry, FolderEntry):
        after = path_bytes(decode(paging.cursor, str)) if paging.cursor else None
        page = await list_folder(reader, root, way, after=after, limit=paging.limit)
        items = [EntryOut.of(joined(way, each.name), each, keys) for each in page.entries]
        next_name = page.next
    return TreeAnswer(
        commit=commit,
        path=path_text(way),
        entry=EntryOut.of(way, entry, keys),
        items=items,
        next_cursor=encode(path_text(next_name)) if next_name is not None else None,
    )


@router.get("/diff")
async def list_changes(
    at: Readable,
    paging: PageWanted,
    before: Annotated[str | None, Query(alias="from", max_length=300)] = None,
    after: Annotated[str | None, Query(alias="to", max_length=300)] = None,
    path: PathWanted = "",
    measure: Annotated[bool, Query()] = True,
) -> ChangeList:
    """Return what changed from one commit to another, at a path and below it.

    Without `from` everything was added; without `to` everything was removed. The first page
    tells how many bytes were new, which may take longer, unless `measure` is false.
    """
    reader = at.reader()
    roots = await _root_or_none(reader, before), await _root_or_none(reader, after)
    way = path_bytes(path)
    begin = decode(paging.cursor, int) if paging.cursor else 0
    changes = await diff(reader, *roots, path=way)
    items: list[ChangeOut] = []
    position, is_more = 0, False
    with _bounded():
        async for change in changes:
            position += 1
            if position <= begin:
                continue
            if len(items) == paging.limit:
                is_more = True
                break
            items.append(ChangeOut.of(change))
        new = await new_bytes(reader, *roots, path=way) if measure and not begin else None
    return ChangeList(
        items=items,
        next_cursor=encode(begin + len(items)) if is_more else None,
        are_renames_complete=changes.are_renames_complete,
        new_bytes=new.size if new else None,
        is_most=bool(new and new.is_most),
    )


@router.get("/diff/folders")
async def list_changed_folders(
    at: Readable,
    paging: PageWanted,
    before: Annotated[str | None, Query(alias="from", max_length=300)] = None,
    after: Annotated[str | None, Query(alias="to", max_length=300)] = None,
    path: PathWanted = "",
) -> FolderChangeList:
    """Return a line for each thing in a folder where two commits differ, with counts."""
    reader = at.reader()
    roots = await _root_or_none(reader, before), await _root_or_none(reader, after)
    way = b"/".join(components(path_bytes(path)))
    last = path_bytes(decode(paging.cursor, str)) if paging.cursor else None
    items: list[FolderChangeOut] = []
    next_name = None
    with _bounded():
        async for line in changes_by_folder(reader, *roots, way, start_after=last):
            if len(items) == paging.limit:
                next_name = last
                break
            items.append(FolderChangeOut.line(joined(way, line.name), line))
            last = line.name
    return FolderChangeList(
        items=items,
        next_cursor=encode(path_text(next_name)) if next_name is not None else None,
    )


@contextmanager
def _bounded() -> Generator[None]:
    """End what takes too long: a few nodes can name each other so often that it never ends."""
    with anyio.move_on_after(MOST_SECONDS) as scope:
        yield
    if scope.cancelled_caught:
        raise TooMuchToCompareError(
            f"this was compared for {MOST_SECONDS:.0f} seconds: ask for a folder of it"
        )


async def root_at(reader: Reader, ref: str) -> tuple[CommitHash, FolderEntry]:
    """Return the commit that a text means, and its root. Raises `RefNotFoundError`."""
    commit = (await resolve(reader, ref)).commit
    return commit, (await reader.manifest(commit)).root


async def _root_or_none(reader: Reader, ref: str | None) -> FolderEntry | None:
    return (await root_at(reader, ref))[1] if ref else None
