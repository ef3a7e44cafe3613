"""What a bucket tells: of an encrypted repository sizes, and nothing of names and content."""

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from blake3 import blake3

from keyshelf.layout.repository import RepositoryId
from keyshelf.repositories.cache import FolderCache
from keyshelf.repositories.commit.service import commit
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.manifest import Author
from keyshelf.repositories.memory_carrier import MemoryCarrier
from keyshelf.repositories.values import RefKind, RefName, Repository, RepositoryName

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ID = RepositoryId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
NOISE = os.urandom(600_000)
CONTENTS = {"secret-plans.txt": b"meet at midnight " * 100, "noise.raw": NOISE, "short": b"tiny"}


async def in_the_bucket(folder: Path, keys: Keys | None) -> bytes:
    """Commit a folder, and return all names and bytes of what is stored then."""
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    (folder / "quiet-link").symlink_to("hidden-target")
    (folder / "empty-corner").mkdir()
    repository = Repository(ID, RepositoryName("film"), NOW, keys=keys)
    carrier = MemoryCarrier(repository)
    await commit(
        carrier,
        os.fsencode(folder),
        branch=RefName(RefKind.BRANCH, "main"),
        message="said in confidence",
        author=Author("Anna Author", "anna@mail.test"),
        at=NOW,
        cache=FolderCache.in_memory(),
    )
    names = [*carrier.chunks, *carrier.manifests]
    stored = [*carrier.chunks.values(), *carrier.manifests.values()]
    return b"".join([*map(str.encode, names), *map(bytes.fromhex, names), *stored])


def told(bucket: bytes) -> set[str]:
    """Return what a reader of the bucket finds who looks for what was committed."""
    words = [*CONTENTS, "quiet-link", "hidden-target", "empty-corner"]
    words += ["midnight", "tiny", "said in confidence", "Anna Author", "anna@mail.test"]
    found = {word for word in words if word.encode() in bucket}
    for name, content in CONTENTS.items():
        digest = blake3(content).digest()
        if digest in bucket or digest.hex().encode() in bucket:
            found.add(f"hash of {name}")
    if any(NOISE[start : start + 16] in bucket for start in range(0, len(NOISE) - 16, 1000)):
        found.add("bytes of noise.raw")
    return found


async def test_an_encrypted_repository_tells_nothing_of_its_content(tmp_path: Path) -> None:
    assert told(await in_the_bucket(tmp_path, Keys.of(b"s" * 32))) == set()


async def test_a_plain_one_would_tell(tmp_path: Path) -> None:
    found = told(await in_the_bucket(tmp_path, None))

    # What the test above does not find, it would find.
    assert {"hash of short", "hash of secret-plans.txt", "tiny", "bytes of noise.raw"} <= found
