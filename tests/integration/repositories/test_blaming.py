"""Which branch or tag stops the collector, when a commit leads to what cannot be read."""

import pytest

from keyshelf.layout.repository import ChunkId, chunk_key, manifest_key
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.references import BrokenHistoryError
from tests.integration.repositories.shelf import Packed, Shelf, branch, commit_tree, push_tree

pytestmark = pytest.mark.anyio
SECRET = b"s" * 32
SOUND, BAD = {"a": b"sound"}, {"b/c": b"of Eve"}


async def test_the_collector_names_the_branch_that_stops_it(shelf: Shelf) -> None:
    record = await shelf.repository("secret", secret=SECRET)
    carrier = shelf.carrier(record, SECRET)
    await commit_tree(carrier, SOUND)
    bad = await commit_tree(carrier, BAD, name=branch("eve"))
    await commit_tree(carrier, SOUND, name=branch("eve"))
    lost = ChunkId(Packed(carrier.repository.keys).folder(b"", {"c": b"of Eve"}).node.hex())
    await shelf.parts.store.delete(chunk_key(lost))
    before = await shelf.keys()

    with pytest.raises(BrokenHistoryError) as raised:
        await shelf.collect(record, secret=SECRET)

    assert raised.value.extras == {"chunk": lost, "commit": bad, "ref": "eve", "kind": "branch"}
    assert "the branch eve leads to it" in raised.value.detail
    assert await shelf.keys() == before


async def test_what_no_branch_leads_to_is_said_to_go_by_itself(
    shelf: Shelf, film: RepositoryRecord
) -> None:
    carrier = shelf.carrier(film)
    await commit_tree(carrier, SOUND)
    async with carrier.push() as push:
        bad = await push_tree(push, carrier.repository, BAD, name=branch("try"))
        await carrier.delete_ref(branch("try"), expected=bad)
        await shelf.parts.store.delete(manifest_key(film.id, bad))

        with pytest.raises(BrokenHistoryError, match="it goes when its grace is over"):
            await shelf.collect(film)
