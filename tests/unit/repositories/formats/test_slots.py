"""Key slots: each opens the one secret, and a hostile one costs nothing."""

import os
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.repositories.formats import frame, ids, slots
from keyshelf.repositories.formats.frame import FrameType
from keyshelf.repositories.formats.ids import Keys
from keyshelf.repositories.formats.slots import (
    MAX_SLOTS,
    Argon2,
    IllegalPassphraseError,
    IllegalSlotError,
    Slot,
    WrongPassphraseError,
    add_slot,
    open_slots,
)

SECRET = b"s" * 32
KEY = b"k" * 32
QUICK = Argon2(memory_kib=8, passes=1, lanes=1)
ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def by_passphrase(passphrase: str, secret: bytes = SECRET) -> Slot:
    return add_slot(secret, passphrase=passphrase, id=uuid4(), label="x", argon2=QUICK)


def by_key(key: bytes) -> Slot:
    return add_slot(SECRET, key=key, id=uuid4(), label="the service")


def test_every_slot_opens_the_same_secret() -> None:
    all_slots = [by_passphrase("one"), by_key(KEY), by_passphrase("two"), by_key(b"l" * 32)]

    assert open_slots(all_slots, passphrase="one") == SECRET
    assert open_slots(all_slots, passphrase="two") == SECRET
    assert open_slots(all_slots, key=KEY) == SECRET
    assert open_slots(all_slots, key=b"l" * 32) == SECRET


def test_what_opens_no_slot_is_told() -> None:
    all_slots = [by_passphrase("one"), by_key(KEY)]

    with pytest.raises(WrongPassphraseError, match="passphrase"):
        open_slots(all_slots, passphrase="two")
    with pytest.raises(WrongPassphraseError, match="key"):
        open_slots(all_slots, key=b"l" * 32)
    with pytest.raises(WrongPassphraseError):
        open_slots([], passphrase="one")


def test_changing_slots_leaves_secret_and_data() -> None:
    keys = Keys.of(SECRET)
    digest = bytes.fromhex(ids.chunk_id(b"data", keys))
    sealed = frame.seal(b"data", type=FrameType.CHUNK, digest=digest, keys=keys)
    before = [by_passphrase("old")]

    secret = open_slots(before, passphrase="old")
    after = [by_passphrase("new", secret), by_key(KEY)]

    with pytest.raises(WrongPassphraseError):
        open_slots(after, passphrase="old")
    for found in (open_slots(after, passphrase="new"), open_slots(after, key=KEY)):
        opened = frame.open_frame(sealed, type=FrameType.CHUNK, digest=digest, keys=Keys.of(found))
        assert opened == b"data"


def test_a_passphrase_is_the_same_however_its_accents_are_typed() -> None:
    assert open_slots([by_passphrase("caf\u00e9")], passphrase="cafe\u0301") == SECRET


@pytest.mark.parametrize("passphrase", ["", "\udcff"])
def test_what_is_no_passphrase_is_refused(passphrase: str) -> None:
    with pytest.raises(IllegalPassphraseError):
        by_passphrase(passphrase)


def test_the_same_passphrase_gives_another_slot_each_time() -> None:
    one, other = by_passphrase("one"), by_passphrase("one")

    assert one.salt != other.salt
    assert one.wrapped != other.wrapped


def test_a_slot_under_another_id_does_not_open() -> None:
    moved = msgspec.structs.replace(by_key(KEY), id=ID)

    with pytest.raises(WrongPassphraseError):
        open_slots([moved], key=KEY)


@given(st.integers(0, 59), st.integers(1, 255))
def test_a_changed_slot_does_not_open(where: int, change: int) -> None:
    slot = by_key(KEY)
    wrapped = bytearray(slots.b64decode(slot.wrapped))
    wrapped[where] ^= change
    changed = msgspec.structs.replace(slot, wrapped=slots.b64encode(wrapped).decode())

    with pytest.raises(WrongPassphraseError):
        open_slots([changed], key=KEY)


@pytest.mark.parametrize(
    ("memory_kib", "passes", "lanes"),
    [
        (2**20 + 1, 1, 1),
        (2**40, 1, 1),
        (2**20, 5, 1),
        (64 * 1024, 65, 4),
        (8, 2**19 + 1, 1),
        (64 * 1024, 0, 4),
        (64 * 1024, -1, 4),
        (64 * 1024, 3, 0),
        (64 * 1024, 3, 17),
        (31, 1, 4),
        (0, 1, 0),
        (-8, 1, -1),
    ],
)
def test_parameters_that_take_too_much_or_nothing_are_refused(
    memory_kib: int, passes: int, lanes: int
) -> None:
    with pytest.raises(IllegalSlotError):
        Argon2(memory_kib, passes, lanes)


@pytest.mark.parametrize("argon2", [Argon2(), Argon2(2**20, 4, 4), Argon2(2**20, 1, 4)])
def test_what_the_standard_recommends_for_little_memory_and_more_is_reasonable(
    argon2: Argon2,
) -> None:
    assert argon2.memory_kib >= 64 * 1024


def test_more_slots_than_anybody_has_are_not_tried() -> None:
    with pytest.raises(IllegalSlotError, match="at most"):
        open_slots([by_key(KEY)] * (MAX_SLOTS + 1), key=b"l" * 32)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("salt", "AAAA"),
        ("salt", "*" * 24),
        ("salt", "é"),
        ("wrapped", ""),
        ("wrapped", "AAAA"),
        ("kind", "passphrase"),
        ("argon2", QUICK),
        ("label", "x" * 101),
    ],
)
def test_a_damaged_slot_is_told(field: str, value: object) -> None:
    with pytest.raises(IllegalSlotError):
        msgspec.structs.replace(by_key(KEY), **{field: value})


def test_slots_do_not_show_the_secret() -> None:
    secret = os.urandom(32)
    shown = repr([by_passphrase("hidden words", secret)]).encode()

    assert b"hidden words" not in shown
    assert slots.b64encode(secret) not in shown


def test_a_slot_has_one_way_in() -> None:
    with pytest.raises(ValueError, match="or a key"):
        add_slot(SECRET, id=ID, label="x")
    with pytest.raises(ValueError, match="or a key"):
        add_slot(SECRET, passphrase="p", key=KEY, id=ID, label="x")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_and_secrets_have_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32"):
        by_key(bytes(size))
    with pytest.raises(ValueError, match="32"):
        Keys.of(bytes(size))
