"""What the key slots of a repository may cost whoever tries a passphrase on them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from keyshelf.repositories.formats import slots
from keyshelf.repositories.formats.slots import (
    MAX_SLOTS,
    Argon2,
    IllegalSlotError,
    Slot,
    add_slot,
    open_slots,
    require_bearable,
)

SECRET = b"s" * 32


def slot(argon2: Argon2) -> Slot:
    return add_slot(SECRET, passphrase="p", id=uuid4(), label="x", argon2=argon2)


def test_slots_that_together_cost_too_much_are_not_tried() -> None:
    quick = slot(Argon2(8, 1, 1))
    costly = [msgspec.structs.replace(quick, argon2=Argon2(2**20, 4, 4))] * 5
    ordinary = [msgspec.structs.replace(quick, argon2=Argon2())] * MAX_SLOTS

    require_bearable(ordinary)
    require_bearable(costly[:4])
    with pytest.raises(IllegalSlotError, match="cost too much to try"):
        open_slots([quick, *costly], passphrase="p")


def test_passphrases_are_tried_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched, for what overlaps in memory cannot be seen from outside."""
    made, counting = slot(Argon2(8192, 1, 1)), Lock()
    derive, at_once, most = slots.hash_secret_raw, 0, 0

    def counted(*args: Any, **options: Any) -> bytes:  # Any: as the library has it
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        derived = derive(*args, **options)
        with counting:
            at_once -= 1
        return derived

    monkeypatch.setattr(slots, "hash_secret_raw", counted)
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(open_slots, [made], passphrase="p") for _ in range(8)]
        found = [each.result() for each in tries]

    assert (set(found), most) == ({SECRET}, 1)
