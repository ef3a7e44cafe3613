"""Chunks through the service, many at once: only what was proved is taken, whoever tries what."""

import struct
from collections.abc import Callable, Sequence

import httpx2
import pytest

from keyshelf.layout.repository import ChunkId
from keyshelf.repositories.chunks.records import MOST_FRAME_BYTES, NOTHING, sent
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.values import SealedChunk
from tests.api.conftest import Json, Program
from tests.api.repositories.conftest import Shelf, named, problem, sealed
from tests.api.repositories.test_chunks import SECRET, encrypted
from tests.patience import PATIENCE
from tests.served import Served


def put(shelf: Shelf, body: bytes, status: int = 204) -> Json:
    params = {"push": shelf.push["id"]}
    return shelf.call("PUT", "/chunks/content", params=params, content=body, status=status)


def body_of(*chunks: SealedChunk) -> bytes:
    return b"".join(sent(each.id, each.frame) for each in chunks)


def get(shelf: Shelf, ids: Sequence[ChunkId]) -> bytes:
    """The bytes that are given for chunks."""
    path = f"/api/repositories/{shelf.id}/chunks/content"
    return shelf.program.http.post(path, json={"ids": ids}).raise_for_status().content


def records(*frames: bytes) -> bytes:
    return b"".join(len(each).to_bytes(4, "little") + each for each in frames)


@pytest.mark.parametrize("keys", [None, SECRET], ids=["plain", "encrypted"])
def test_what_was_sent_is_there_and_is_given_in_order(program: Program, keys: Keys | None) -> None:
    shelf = encrypted(program, SECRET) if keys else Shelf.make(program)
    chunks = [sealed(keys=keys) for _ in range(100)]

    for _ in range(2):
        put(shelf, body_of(*chunks))

    assert shelf.missing(*chunks) == []
    again = [*reversed(chunks), chunks[3]]
    assert get(shelf, [each.id for each in again]) == records(*(each.frame for each in again))
    assert shelf.call("GET", "/stats")["chunks"] == 100


def test_of_a_batch_with_wrong_bytes_nothing_is_taken(shelf: Shelf) -> None:
    right, wrong, other = sealed(), sealed(), sealed()
    lies = [named(wrong, right), SealedChunk(other.id, b"no frame", 1)]

    answer = put(shelf, body_of(right, *lies), status=422)

    assert (problem(answer), answer["ids"]) == ("chunk-not-as-named", [wrong.id, other.id])
    assert shelf.missing(right, wrong, other) == [right.id, wrong.id, other.id]
    assert shelf.call("GET", "/chunks")["items"] == []


def too_long(chunk: SealedChunk) -> bytes:
    return bytes.fromhex(chunk.id) + struct.pack("<I", MOST_FRAME_BYTES + 1)


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda whole: whole[:-1],
    "cut-head": lambda whole: whole[:35],
    "more": lambda whole: whole + b"\x00",
    "beyond": lambda whole: whole + too_long(sealed()),
    "twice": lambda whole: whole + whole,
    "too-many": lambda _: b"".join(sent(ChunkId(f"{each:064x}"), b"") for each in range(1001)),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_body_that_is_no_list_of_chunks_is_refused(shelf: Shelf, how: str) -> None:
    chunk = sealed()

    answer = put(shelf, SPOILED[how](body_of(chunk)), status=422)

    assert problem(answer) == "illegal-chunk-records"
    assert shelf.missing(chunk) == [chunk.id]


def test_a_body_is_bounded_however_small_its_chunks(shelf: Shelf) -> None:
    body = b"".join(sent(sealed().id, bytes(200_000)) for _ in range(90))

    assert problem(put(shelf, body, status=413)) == "body-too-large"


def test_a_push_that_is_over_takes_no_batch(shelf: Shelf) -> None:
    chunk = sealed()
    shelf.call("DELETE", f"/pushes/{shelf.push['id']}", status=204)

    assert problem(put(shelf, body_of(chunk), status=409)) == "push-expired"


def test_a_push_of_another_repository_takes_no_batch(program: Program) -> None:
    shelf, other = Shelf.make(program), Shelf.make(program)
    shelf.push = other.push

    assert problem(put(shelf, body_of(sealed()), status=409)) == "push-expired"


def test_only_what_a_repository_holds_is_given(program: Program) -> None:
    owner, thief, chunk = Shelf.make(program), Shelf.make(program), sealed()
    put(owner, body_of(chunk))

    body = {"ids": [chunk.id]}
    answer = thief.call("POST", "/chunks/content", json=body, status=404)

    assert (problem(answer), answer["chunk"]) == ("chunk-missing", chunk.id)
    assert get(owner, []) == b""
    many = [f"{each:064x}" for each in range(1001)]
    owner.call("POST", "/chunks/content", json={"ids": many}, status=422)


def test_a_token_that_may_read_gets_chunks_and_sends_none(shelf: Shelf, served: Served) -> None:
    chunk = sealed()
    put(shelf, body_of(chunk))
    wish = {"name": "reader", "scopes": ["repository:read"], "expires_in_days": 1}
    token = shelf.program.call("POST", "/api/tokens", json=wish, status=201)["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=served.url, headers=headers, timeout=PATIENCE) as http:
        reader = Shelf(Program(http, ""), shelf.id, shelf.push)
        assert get(reader, [chunk.id]) == records(chunk.frame)
        put(reader, body_of(sealed()), status=403)
    with httpx2.Client(base_url=served.url, timeout=PATIENCE) as http:
        nobody = Shelf(Program(http, ""), shelf.id, shelf.push)
        put(nobody, body_of(sealed()), status=401)
        nobody.call("POST", "/chunks/content", json={"ids": [chunk.id]}, status=401)


def test_objects_that_are_gone_or_too_large_are_told_beside_the_others(
    shelf: Shelf, served: Served
) -> None:
    gone, grown, huge, right = chunks = [sealed() for _ in range(4)]
    put(shelf, body_of(*chunks))
    store = served.bucket.parent / "repository/v1/chunks"
    places = {each.id: store / each.id[:2] / each.id[2:4] / each.id for each in chunks}
    places[gone.id].unlink()
    for chunk, size in ((grown, MOST_FRAME_BYTES + 1), (huge, 2**20 + 1)):
        places[chunk.id].chmod(0o600)
        places[chunk.id].write_bytes(bytes(size))

    given = get(shelf, [each.id for each in chunks])

    assert given == NOTHING.to_bytes(4, "little") + records(b"", b"", right.frame)


def test_wrong_objects_are_put_right_by_a_batch(program: Program) -> None:
    chunks = [sealed() for _ in range(3)]
    attacker, victim = encrypted(program, SECRET), Shelf.make(program)
    lies = [named(each, sealed(keys=SECRET)) for each in chunks[:2]]
    # The service cannot open this repository, so it cannot know that these are lies.
    put(attacker, body_of(*lies))

    put(victim, body_of(*chunks))

    assert get(victim, [each.id for each in chunks]) == records(*(each.frame for each in chunks))
    assert attacker.call("GET", "/stats")["chunks"] == 0
    answer = put(attacker, body_of(*lies), status=422)
    assert (problem(answer), answer["ids"]) == ("chunk-not-as-named", [each.id for each in lies])
    assert get(victim, [chunks[0].id]) == records(chunks[0].frame)


def test_who_sends_bytes_shares_what_is_stored(program: Program) -> None:
    chunk = sealed()
    first, second = Shelf.make(program), Shelf.make(program)
    put(first, body_of(chunk))

    put(second, body_of(chunk))

    assert get(second, [chunk.id]) == records(chunk.frame)
