"""Committing folders, and checking out into them."""

from pathlib import Path

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.checkout.service import checkout
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.reading import Reader
from tests.integration.repositories.shelf import MAIN, Shelf, Tree


def lay_out(folder: Path, tree: Tree) -> None:
    for path, content in tree.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def laid_out(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


async def commit_folder(
    shelf: Shelf, record: RepositoryRecord, folder: Path, cache: FolderCache
) -> CommitHash:
    made = await commit(
        shelf.carrier(record),
        bytes(folder),
        branch=MAIN,
        message="again",
        author=Author("Anna"),
        at=shelf.clock(),
        cache=cache,
    )
    return made.hash


async def check_out_folder(
    shelf: Shelf, record: RepositoryRecord, folder: Path, cache: FolderCache
) -> None:
    """Check out what the branch holds."""
    carrier = shelf.carrier(record)
    reader, found = Reader(carrier), await carrier.ref(MAIN)
    assert found is not None
    root = (await reader.manifest(found)).root
    await checkout(reader, root, bytes(folder), cache=cache)
