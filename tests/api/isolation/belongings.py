"""Two tenants of one S3 account, and what Anna has at the first of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import httpx2

from keyshelf.access.identity import Identity, Scope
from keyshelf.layout.drive import owner_id
from keyshelf.layout.media import media_hash, video_key
from tests.api.conftest import Program
from tests.api.media.test_uploaded_media import until_ready
from tests.api.repositories.conftest import Shelf, sealed
from tests.patience import PATIENCE
from tests.served import Served

WORD = "heirloom"
"""In the name of everything that is Anna's."""
_PEOPLE = frozenset(Scope) - {Scope.ADMIN}
_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass(frozen=True)
class Person:
    """Somebody at a service, with a token."""

    program: Program
    token: str


def person(served: Served, name: str) -> Person:
    """Let somebody in, who is no administrator."""
    identity = Identity(owner_id(name), name, None, False, _PEOPLE, "session")

    async def make() -> str:
        service = served.service
        async with service.database.transaction() as tx:
            made = await service.tokens.create(
                tx, identity, name="all", scopes=_PEOPLE, expires_in=timedelta(days=2)
            )
        return made.secret

    token = served.portal.call(make)
    headers = {"Authorization": f"Bearer {token}"}
    http = httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE)
    return Person(Program(http, ""), token)


@dataclass(frozen=True)
class Link:
    """An address that carries its own proof, in itself or in a header."""

    target: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def kind(self) -> str:
        """The first segment of its path, by which its routes are known."""
        return self.target.split("/")[1]


@dataclass(frozen=True)
class Belongings:
    """What Anna has: what routes call it, and addresses that were signed for her."""

    has: Mapping[str, str]
    links: Sequence[Link]
    chunk_url: str
    """Where a chunk was to be had from the bucket itself."""
    markers: Sequence[str]
    """What no stranger is shown."""


def furnish(served: Served, anna: Person) -> Belongings:
    """Give Anna some of everything."""
    program = anna.program
    folder = program.call("POST", "/api/folders", json={"name": f"{WORD} folder"})["folder"]
    program.folder = folder["id"]
    # Other bytes each time: what is made of content is shared by all who have it.
    content = _PICTURE + uuid4().bytes
    file = until_ready(program, program.upload(f"{WORD}.png", content))
    shelf = Shelf.make(program, name=f"{WORD}-repository")
    chunk = sealed()
    shelf.send(chunk)
    job = shelf.call("POST", "/check", json={}, status=202)
    selection = program.call("POST", "/api/zip", json={"ids": [file["id"]]})
    has = {
        "token": anna.token,
        "word": WORD,
        "file_id": file["id"],
        "folder_id": folder["id"],
        "key": file["key"],
        "hash": file["content_hash"],
        "job_id": (job.get("job") or job)["id"],
        "repository_id": shelf.id,
        "push_id": shelf.push["id"],
        "chunk": chunk.id,
        "commit": "a" * 64,
        "asset": "b" * 64,
        "token_id": str(uuid4()),
        "selection_id": selection["url"].rpartition("/")[2],
        "kind": "branches",
        "ref": "main",
    }
    shown = ("file_id", "folder_id", "key", "hash", "job_id", "repository_id", "push_id", "chunk")
    (signed,) = shelf.call("POST", "/chunks/downloads", json={"ids": [chunk.id]})["downloads"]
    return Belongings(
        has=has,
        links=_links(served, anna, has),
        chunk_url=signed["url"],
        markers=[WORD, anna.token, *(has[each] for each in shown)],
    )


def _links(served: Served, anna: Person, has: Mapping[str, str]) -> Sequence[Link]:
    """Return addresses that Anna was given and that anybody with them may use there."""
    call = anna.program.call
    media = media_hash(has["hash"])

    async def make_key() -> str:
        service = served.service
        await service.stores["media"].put(video_key(media, "master.m3u8"), b"#EXTM3U\n")
        async with service.database.transaction() as tx:
            key = await service.playback.content_keys.of_encode(tx, media, uuid4())
        return str(key.id)

    token = call("POST", "/api/playback-tokens", json={"hash": has["hash"]})["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    picture = {"source": has["key"], "options": "w32", "format": "webp"}
    file = call("GET", f"/api/files/{has['file_id']}")["file"]
    addresses: list[str] = [
        call("GET", f"/api/files/{has['file_id']}/download")["url"],
        call("POST", "/api/media/urls", json={"source": has["key"]})["url"],
        call("POST", "/api/media/urls", json=picture)["url"],
        file["media"]["thumbnail_url"],
    ]
    return [
        *(Link(each.removeprefix(served.url)) for each in addresses),
        Link(f"/stream/{has['hash']}/@{token}/master.m3u8"),
        Link(f"/stream/{has['hash']}/master.m3u8", bearer),
        Link(f"/api/key/{served.portal.call(make_key)}", bearer),
    ]
