"""What a service can open: with the key of its settings, and only what that opens."""

from dataclasses import replace
from uuid import uuid4

import pytest

from keyshelf.repositories.formats import slots
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.serving import is_readable, keys_at_hand, readable_with
from keyshelf.repositories.unlocking import RepositoryLockedError
from tests.integration.repositories.shelf import Shelf

pytestmark = pytest.mark.anyio
SECRET, OTHER_SECRET = b"s" * 32, b"o" * 32
KEY, WRONG = b"k" * 32, b"w" * 32


async def test_only_the_key_of_a_slot_opens_a_repository(shelf: Shelf) -> None:
    made = await shelf.repository("secret", secret=SECRET)
    slot = slots.add_slot(SECRET, key=KEY, id=uuid4(), label="the service")
    record = replace(made, slots=[slot])
    foreign = slots.add_slot(OTHER_SECRET, key=KEY, id=uuid4(), label="of something else")

    def with_key(key: bytes | None) -> Keys | None:
        options = replace(shelf.parts.options, key=key)
        return keys_at_hand(replace(shelf.parts, options=options), record)

    assert with_key(KEY) == Keys.of(SECRET)
    assert with_key(WRONG) is with_key(None) is None
    parts = replace(shelf.parts, options=replace(shelf.parts.options, key=KEY))
    assert keys_at_hand(parts, replace(record, slots=[foreign])) is None
    wrong = replace(shelf.parts, options=replace(shelf.parts.options, key=WRONG))
    assert not is_readable(wrong, record)
    with pytest.raises(RepositoryLockedError):
        readable_with(wrong, record)
