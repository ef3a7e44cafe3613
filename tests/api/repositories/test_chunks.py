"""Chunks over HTTP: only what was proved is there, whoever tries what."""

import httpx2
import pytest

from keyshelf.repositories.formats.ids import Keys
from tests.api.conftest import Program
from tests.api.repositories.conftest import Shelf, claim, named, problem, sealed
from tests.patience import PATIENCE

SECRET = Keys.of(bytes(32))
SLOT = {
    "id": "6f1c1d2a-0000-4000-8000-000000000001",
    "kind": "key",
    "label": "",
    "salt": "A" * 22 + "==",
    "wrapped": "A" * 80,
}


def encrypted(program: Program, keys: Keys) -> Shelf:
    encryption = {"key_id": keys.key_id.hex(), "slots": [SLOT]}
    return Shelf.make(program, encryption=encryption)


def test_what_was_confirmed_is_there_and_can_be_fetched(shelf: Shelf) -> None:
    chunks = [sealed() for _ in range(3)]
    assert shelf.missing(*chunks) == [each.id for each in chunks]

    shelf.send(*chunks)

    assert shelf.missing(*chunks) == []
    assert [shelf.fetch(each.id) for each in chunks] == [each.frame for each in chunks]
    listed = shelf.call("GET", f"/chunks?prefix={chunks[0].id[:6]}")["items"]
    assert [(each["hash"], each["size"]) for each in listed] == [
        (chunks[0].id, len(chunks[0].frame))
    ]


def test_what_was_put_and_not_confirmed_is_not_there(shelf: Shelf) -> None:
    chunk = sealed()

    shelf.put([chunk])

    assert shelf.missing(chunk) == [chunk.id]
    answer = shelf.call("POST", "/chunks/downloads", json={"ids": [chunk.id]}, status=404)
    assert (answer["code"], answer["chunk"]) == ("chunk-missing", chunk.id)


def test_confirming_again_after_a_lost_answer_is_the_same(shelf: Shelf) -> None:
    chunk = sealed()
    reservation = shelf.put([chunk])["reservation"]

    for _ in range(2):
        assert shelf.confirm(reservation, [claim(chunk)]) == {"confirmed": 1}


def test_an_upload_takes_no_other_bytes_than_were_announced(shelf: Shelf) -> None:
    chunk, other = sealed(b"a" * 1000 + b"b"), sealed(b"a" * 1000 + b"c")
    (upload,) = shelf.announce([chunk])["uploads"]

    put = httpx2.put(
        upload["url"], content=other.frame, headers=upload["headers"], timeout=PATIENCE
    )

    assert put.status_code in {400, 403, 422}


def test_wrong_bytes_under_a_right_name_are_refused_and_removed(shelf: Shelf) -> None:
    right, wrong = sealed(), sealed()
    reservation = shelf.put([named(right, wrong)])["reservation"]

    told = [(right.id, wrong.size, claim(wrong)[2])]
    answer = shelf.confirm(reservation, told, status=422)

    assert (answer["code"], answer["ids"]) == ("chunk-not-as-named", [right.id])
    shelf.send(right)
    assert shelf.fetch(right.id) == right.frame


def test_somebody_elses_wrong_bytes_do_not_keep_right_ones_out(program: Program) -> None:
    right = sealed()
    attacker, victim = encrypted(program, SECRET), Shelf.make(program)
    lie = named(right, sealed(keys=SECRET))
    reservation = attacker.put([lie])["reservation"]
    # The service cannot open this repository, so it cannot know that this is a lie.
    attacker.confirm(reservation, [(lie.id, lie.size, lie.frame)])

    reservation = victim.put([right])["reservation"]
    assert victim.confirm(reservation, [claim(right)], status=422)["ids"] == [right.id]
    push = {"push": victim.push["id"]}
    victim.call("PUT", f"/chunks/{right.id}", params=push, content=right.frame, status=204)

    assert victim.fetch(right.id) == right.frame
    # Nor does who lied get at what came in its place.
    attacker.call("POST", "/chunks/downloads", json={"ids": [right.id]}, status=404)
    assert attacker.call("GET", "/stats")["chunks"] == 0


def test_wrong_bytes_that_wait_for_nobody_are_put_right_and_stay_so(program: Program) -> None:
    right, wrong = sealed(), sealed()
    attacker, victim = Shelf.make(program), Shelf.make(program)
    lie = named(right, wrong)
    waiting = attacker.put([lie])["reservation"]

    reservation = victim.put([right])["reservation"]
    assert victim.confirm(reservation, [claim(right)], status=422)["ids"] == [right.id]
    push = {"push": victim.push["id"]}
    victim.call("PUT", f"/chunks/{right.id}", params=push, content=right.frame, status=204)
    attacker.confirm(waiting, [(lie.id, lie.size, claim(wrong)[2])], status=422)

    assert victim.fetch(right.id) == right.frame
    assert attacker.missing(right) == [right.id]


def test_what_the_service_cannot_verify_never_replaces_anything(program: Program) -> None:
    right = sealed()
    Shelf.make(program).send(right)
    attacker = encrypted(program, SECRET)
    lie = named(right, sealed(keys=SECRET))

    reservation = attacker.put([lie])["reservation"]
    attacker.confirm(reservation, [(lie.id, lie.size, lie.frame)], status=422)
    push = {"push": attacker.push["id"]}
    answer = attacker.call("PUT", f"/chunks/{lie.id}", params=push, content=lie.frame, status=422)

    assert problem(answer) == "chunk-not-as-named"
    again = Shelf.make(program)
    again.send(right)
    assert again.fetch(right.id) == right.frame


@pytest.mark.parametrize("keys", [None, SECRET], ids=["plain", "encrypted"])
def test_knowing_an_id_opens_nothing(program: Program, keys: Keys | None) -> None:
    def make() -> Shelf:
        return encrypted(program, SECRET) if keys else Shelf.make(program)

    chunk = sealed(keys=keys)
    owner, thief = make(), make()
    proved = chunk.frame if keys else claim(chunk)[2]
    owner.confirm(owner.put([chunk])["reservation"], [(chunk.id, chunk.size, proved)])

    reservation = thief.announce([chunk])["reservation"]
    answer = thief.confirm(reservation, [(chunk.id, chunk.size, b"a guess")], status=422)

    assert problem(answer) == "chunk-not-as-named"
    thief.call("POST", "/chunks/downloads", json={"ids": [chunk.id]}, status=404)
    assert owner.fetch(chunk.id) == chunk.frame


def test_who_has_the_bytes_shares_what_is_stored(program: Program) -> None:
    chunk = sealed()
    first, second = Shelf.make(program), Shelf.make(program)
    first.send(chunk)

    second.send(chunk)

    assert second.fetch(chunk.id) == chunk.frame


def test_a_push_that_is_over_takes_nothing(shelf: Shelf) -> None:
    chunk = sealed()
    reservation = shelf.put([chunk])["reservation"]
    shelf.call("DELETE", f"/pushes/{shelf.push['id']}", status=204)

    assert problem(shelf.announce([sealed()], status=409)) == "push-expired"
    assert problem(shelf.confirm(reservation, [claim(chunk)], status=409)) == "push-expired"


def test_only_what_was_reserved_is_confirmed(shelf: Shelf) -> None:
    chunk, other = sealed(), sealed()
    reservation = shelf.put([chunk])["reservation"]

    answer = shelf.confirm(reservation, [claim(other)], status=409)

    assert problem(answer) == "chunk-not-reserved"


def test_what_can_be_no_chunk_is_refused(shelf: Shelf) -> None:
    chunk = sealed()
    for wrong in ({"size": 300_000}, {"stored_size": 20}, {"stored_size": 300_000}):
        told = {
            "id": chunk.id,
            "size": 2000,
            "stored_size": 1000,
            "sha256": "0" * 64,
            "compression": "zstd",
            **wrong,
        }
        body = {"push": shelf.push["id"], "chunks": [told]}
        answer = shelf.call("POST", "/chunks/uploads", json=body, status=422)
        assert problem(answer) == "illegal-chunk"


def test_ten_thousand_ids_are_one_question(shelf: Shelf) -> None:
    ids = [f"{number:064x}" for number in range(10_000)]

    answer = shelf.call("POST", "/chunks/missing", json={"ids": ids})

    assert answer["missing"] == ids
    shelf.call("POST", "/chunks/missing", json={"ids": [*ids, "f" * 64]}, status=422)


def test_chunks_that_nothing_leads_to_are_deleted(shelf: Shelf) -> None:
    unused, unknown = sealed(), sealed()
    shelf.send(unused)
    shelf.call("DELETE", f"/pushes/{shelf.push['id']}", status=204)

    body = {"ids": [unused.id, unknown.id]}
    results = shelf.call("POST", "/chunks/delete", json=body)["results"]

    assert [each["result"] for each in results] == ["deleted", "not-found"]
    assert shelf.missing(unused) == [unused.id]
