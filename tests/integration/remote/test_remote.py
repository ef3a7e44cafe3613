"""Commit and checkout over HTTP, as they are on one machine."""

import os
from pathlib import Path
from random import Random

import pytest

from keyshelf.client.asynchronous import AsyncClient
from keyshelf.client.failures import RemoteForbiddenError
from keyshelf.repositories.commit.values import CommitOptions, Progress
from keyshelf.repositories.formats import frame, ids
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.slots import WrongPassphraseError
from keyshelf.repositories.history.content import DamagedFileError
from keyshelf.repositories.host import opened
from keyshelf.repositories.remote.host import RemoteHost
from keyshelf.repositories.sending import SendingOptions
from keyshelf.repositories.unlocking import RepositoryLockedError, Unlocking
from keyshelf.repositories.values import (
    ChunkMissingError,
    PushExpiredError,
    RefMovedError,
    RepositoryExistsError,
    RepositoryName,
    RepositoryNotFoundError,
    SealedChunk,
    repository_name,
)
from tests.integration.remote.machine import MAIN, SOON, Machine
from tests.served import Noted, Served

pytestmark = pytest.mark.anyio
PLAIN = pytest.mark.parametrize("machine", ["plain"], indirect=True)
PRESIGNED = pytest.mark.parametrize("machine", ["plain-presigned"], indirect=True)
BOTH_WAYS = pytest.mark.parametrize("machine", ["plain", "plain-presigned"], indirect=True)
ENCRYPTED = pytest.mark.parametrize("machine", ["encrypted"], indirect=True)
SMALL = CommitOptions(sending=SendingOptions(bytes_at_once=2**18))


def project(folder: Path) -> Path:
    """A folder of everything that a repository keeps."""
    random = Random(folder.name)
    (folder / "takes").mkdir(parents=True)
    (folder / "takes/one.mov").write_bytes(random.randbytes(1_500_000))
    (folder / "takes/notes.txt").write_text("words " * 50_000)
    (folder / "takes/nothing").touch()
    (folder / "same.mov").write_bytes((folder / "takes/one.mov").read_bytes())
    (folder / os.fsdecode(b"caf\xe9")).write_bytes(b"odd name")
    (folder / "link").symlink_to("takes/one.mov")
    (folder / "empty").mkdir()
    return folder


def told(folder: Path) -> dict[str, bytes | str]:
    """What is in a folder, by path."""

    def content(path: Path) -> bytes | str:
        if path.is_symlink():
            return str(path.readlink())
        return "folder" if path.is_dir() else path.read_bytes()

    return {str(path.relative_to(folder)): content(path) for path in sorted(folder.rglob("*"))}


async def test_what_was_committed_here_is_checked_out_elsewhere(
    machine: Machine, name: str, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)

    made = await machine.commit(carrier, folder)
    await machine.checkout(await machine.open(name), tmp_path / "elsewhere")

    assert told(tmp_path / "elsewhere") == told(folder)
    assert made.sent.chunks > 10
    assert made.sent.content_bytes < 2_000_000
    info = await machine.host.find(name)
    assert (info.filled.commits, info.filled.chunks) == (1, made.sent.chunks)
    listed = [chunk async for page in carrier.stored_chunks() for chunk in page]
    assert len(listed) == made.sent.chunks


@PRESIGNED
async def test_what_is_there_is_not_sent_again(
    machine: Machine, name: str, served: Served, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)
    await machine.commit(carrier, folder)
    before = len(served.traffic.finished("PUT"))

    (folder / "takes/new.txt").write_text("new")
    made = await machine.commit(carrier, folder, CommitOptions(paranoid=True))

    assert made.is_new
    assert len(served.traffic.finished("PUT")) - before == made.sent.chunks < 6


@PLAIN
async def test_chunks_go_through_a_service_whose_store_is_its_own(
    machine: Machine, name: str, served: Served, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)
    before = len(served.traffic.answered)

    await machine.commit(carrier, folder)
    await machine.checkout(carrier, tmp_path / "elsewhere")

    asked = [each.request for each in served.traffic.answered[before:]]
    assert not [each for each in asked if each.is_transfer]
    assert len([each for each in asked if each.path.endswith("/chunks/content")]) < 8


@PLAIN
async def test_no_batch_is_larger_than_a_service_takes(
    machine: Machine, name: str, served: Served
) -> None:
    carrier = await machine.create(name)
    contents = [os.urandom(2**18) for _ in range(40)]
    chunks = [
        SealedChunk(
            chunk := ids.chunk_id(each, None),
            frame.seal(each, type=FrameType.CHUNK, digest=bytes.fromhex(chunk), keys=None),
            len(each),
        )
        for each in contents
    ]
    before = len(served.traffic.answered)

    async with carrier.push() as push:
        await push.send(chunks)

    sent = [each for each in served.traffic.answered[before:] if each.request.method == "PUT"]
    assert len(sent) == 2
    wanted = [chunk.id for chunk in chunks] * 2
    assert list(await carrier.get_chunks(wanted)) == [chunk.frame for chunk in chunks] * 2


class HasHadEnoughError(Exception):
    """Ends a commit in its middle."""


async def test_an_interrupted_commit_goes_on_where_it_stopped(
    machine: Machine, name: str, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)

    def stop(progress: Progress) -> None:
        if progress.sent.chunks >= 8:
            raise HasHadEnoughError

    with pytest.raises(HasHadEnoughError):
        await machine.commit(
            carrier, folder, CommitOptions(sending=SMALL.sending, on_progress=stop)
        )
    assert await carrier.ref(MAIN) is None

    made = await machine.commit(carrier, folder, SMALL)
    await machine.checkout(carrier, tmp_path / "elsewhere")

    assert told(tmp_path / "elsewhere") == told(folder)
    assert made.sent.chunks <= (await machine.host.find(name)).filled.chunks - 8
    assert made.sent.content_bytes < 1_500_000


@PRESIGNED
async def test_a_store_that_stumbles_is_asked_again(
    machine: Machine, name: str, served: Served, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)

    with served.traffic.spoiling(lambda each: each.is_transfer, times=5, status=503):
        await machine.commit(carrier, folder)
    # As when a request has expired: the service is asked for a new one.
    with served.traffic.spoiling(lambda each: each.is_transfer, times=1, status=403):
        await machine.checkout(carrier, tmp_path / "elsewhere")

    assert told(tmp_path / "elsewhere") == told(folder)


@PRESIGNED
async def test_links_that_run_out_while_sending_are_asked_for_again(
    machine: Machine, name: str, served: Served, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)

    with served.traffic.spoiling(lambda each: each.is_transfer, times=5, status=403):
        await machine.commit(carrier, folder)
    await machine.checkout(carrier, tmp_path / "elsewhere")

    assert told(tmp_path / "elsewhere") == told(folder)


@BOTH_WAYS
async def test_a_lost_answer_changes_nothing(
    machine: Machine, name: str, served: Served, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)

    def is_asked(each: Noted) -> bool:
        asked = ("/confirm", "/uploads", "/chunks/content")
        return each.path.endswith(asked) or "/manifests/" in each.path

    with served.traffic.spoiling(is_asked, times=3):
        await machine.commit(carrier, folder)

    assert (await machine.host.find(name)).filled.commits == 1
    with served.traffic.spoiling(is_asked, times=2):
        await machine.checkout(carrier, tmp_path / "elsewhere")
    assert told(tmp_path / "elsewhere") == told(folder)


async def test_wrong_bytes_in_a_chunks_place_are_put_right_by_who_has_it(
    machine: Machine, name: str, served: Served
) -> None:
    carrier = await machine.create(name)
    keys = carrier.repository.keys
    content = os.urandom(5000)
    chunk = ids.chunk_id(content, keys)
    framed = frame.seal(content, type=FrameType.CHUNK, digest=bytes.fromhex(chunk), keys=keys)
    place = served.bucket.parent / "repository/v1/chunks" / chunk[:2] / chunk[2:4] / chunk
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"something else")

    async with carrier.push() as push:
        await push.send([SealedChunk(chunk, framed, len(content))])

    assert await carrier.get_chunks([chunk]) == [framed]


async def test_damage_is_told_and_never_given(
    machine: Machine, name: str, served: Served, tmp_path: Path
) -> None:
    carrier = await machine.create(name)
    (tmp_path / name).mkdir()
    (tmp_path / name / "take").write_bytes(os.urandom(5000))
    made = await machine.commit(carrier, tmp_path / name)
    root = made.manifest.root.node.hex()
    place = served.bucket.parent / "repository/v1/chunks" / root[:2] / root[2:4] / root
    place.chmod(0o600)

    for damaged in (b"", b"x" * 500_000):
        place.write_bytes(damaged)
        with pytest.raises(DamagedFileError):
            await machine.checkout(carrier, tmp_path / "elsewhere")
    place.unlink()
    with pytest.raises(DamagedFileError, match="is not in the store"):
        await machine.checkout(carrier, tmp_path / "elsewhere")


@PLAIN
async def test_of_two_who_move_a_branch_one_is_told(
    machine: Machine, name: str, tmp_path: Path
) -> None:
    folder = project(tmp_path / name)
    carrier = await machine.create(name)
    first = await machine.commit(carrier, folder)
    (folder / "new").write_text("new")
    second = await machine.commit(carrier, folder)

    with pytest.raises(RefMovedError) as caught:
        await carrier.move_ref(MAIN, expected=None, to=first.hash)

    assert caught.value.extras["found"] == second.hash
    assert list(await carrier.commits_like(first.hash[:12])) == [first.hash]
    await carrier.move_ref(MAIN, expected=second.hash, to=first.hash)
    assert [each.commit for each in await carrier.refs()] == [first.hash]
    await carrier.delete_ref(MAIN, expected=first.hash)
    assert await carrier.ref(MAIN) is None


@PLAIN
async def test_errors_are_those_of_one_machine(machine: Machine, name: str) -> None:
    carrier = await machine.create(name)

    with pytest.raises(RepositoryExistsError):
        await machine.create(name)
    with pytest.raises(RepositoryNotFoundError):
        await machine.open("nothing-of-the-kind")
    with pytest.raises(ChunkMissingError):
        await carrier.get_chunks([ids.chunk_id(b"nothing", None)])
    async with carrier.push() as push:
        pass
    with pytest.raises(PushExpiredError):
        await push.missing([])
    assert await carrier.chunk_filter() is None


@ENCRYPTED
async def test_a_secret_stays_with_those_who_have_it(machine: Machine, name: str) -> None:
    await machine.create(name)

    with pytest.raises(WrongPassphraseError):
        await opened(machine.host, name, Unlocking(passphrase="another"))
    with pytest.raises(RepositoryLockedError):
        await opened(machine.host, name, Unlocking())
    info = await machine.host.find(name)
    renamed = await machine.host.change(info, name=repository_name(f"{name}-renamed"))
    assert (renamed.name, renamed.slots) == (f"{name}-renamed", info.slots)


@PLAIN
async def test_a_token_without_the_scope_is_refused(
    machine: Machine, name: str, served: Served, tmp_path: Path
) -> None:
    await machine.create(name)
    token = (
        await machine.host.client.create_token("r", scopes=["repository:read"], expires_in_days=1)
    ).token
    assert token
    async with AsyncClient(served.url, token=token, state_folder=tmp_path / "s") as client:
        reader = RemoteHost(client, SOON)
        carrier = await opened(reader, name, machine.unlocking)
        with pytest.raises(RemoteForbiddenError):
            await machine.commit(carrier, project(tmp_path / name))
        with pytest.raises(RemoteForbiddenError):
            await reader.create(RepositoryName("new"), is_shared=False, encryption=None)
