import os
from dataclasses import replace
from uuid import uuid4

import pytest

from keyshelf.delivery import key_ring
from keyshelf.layout.media import media_hash
from keyshelf.media.keys.values import ContentKey, ContentKeyUnreadableError
from keyshelf.media.keys.wrapping import unwrap, wrap

RING = key_ring.parse(f"v2:{'02' * 32},v1:{'01' * 32}")
KEY = ContentKey(uuid4(), media_hash("abcdef1234"), uuid4(), os.urandom(16), os.urandom(16))


def test_a_wrapped_key_opens_to_itself() -> None:
    wrapped = wrap(RING, KEY, "v2")

    assert unwrap(RING, wrapped) == KEY
    assert wrapped.kek_version == "v2"
    assert (len(wrapped.wrapped_key), len(wrapped.wrap_nonce)) == (32, 12)
    assert KEY.key not in wrapped.wrapped_key


def test_the_same_key_is_never_wrapped_twice_alike() -> None:
    first, second = wrap(RING, KEY, "v2"), wrap(RING, KEY, "v2")

    assert first.wrap_nonce != second.wrap_nonce


def test_an_older_key_encryption_key_still_opens() -> None:
    wrapped = wrap(key_ring.parse(f"v1:{'01' * 32}"), KEY, "v1")

    assert unwrap(RING, wrapped) == KEY


def test_without_its_key_encryption_key_the_fix_is_named() -> None:
    wrapped = wrap(RING, KEY, "v2")

    with pytest.raises(ContentKeyUnreadableError, match="KEYSHELF_CONTENT_KEKS"):
        unwrap(key_ring.parse(f"v1:{'01' * 32}"), wrapped)


def test_a_row_that_was_changed_or_copied_elsewhere_opens_nothing() -> None:
    wrapped = wrap(RING, KEY, "v2")
    changed = [
        replace(wrapped, hash=media_hash("other")),
        replace(wrapped, id=uuid4()),
        replace(wrapped, kid=os.urandom(16)),
        replace(wrapped, kek_version="v1"),
        replace(wrapped, wrap_nonce=os.urandom(12)),
        replace(wrapped, wrapped_key=os.urandom(32)),
    ]

    for each in changed:
        with pytest.raises(ContentKeyUnreadableError):
            unwrap(RING, each)
