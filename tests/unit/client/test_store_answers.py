"""What a store's refusal says to a person."""

import pytest

from keyshelf.client.transfers.store_answers import Refusal

S3 = b"""<?xml version="1.0"?>
<Error><Code>SlowDown</Code><Message>Please reduce &amp; wait.</Message><Key>a</Key></Error>"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code": "store-full", "detail": "the disk is full"}', "the disk is full"),
        (S3, "Please reduce & wait."),
        (b"<Error><Code>AccessDenied</Code></Error>", "AccessDenied"),
        (b"<html>\n  Bad\tGateway</html>", "<html> Bad Gateway</html>"),
        (b'{"detail": 3}', '{"detail": 3}'),
        (b"[1]", "[1]"),
        (b"\xff" * 999, "\ufffd" * 300),
        (b"", ""),
    ],
)
def test_it_is_one_sentence(body: bytes, said: str) -> None:
    assert Refusal.read(body).detail == said


@pytest.mark.parametrize(
    ("body", "is_full"),
    [
        (b'{"code": "store-full", "detail": "the disk is full"}', True),
        (b"<Error><Code>QuotaExceeded</Code></Error>", True),
        (S3, False),
        (b"store-full", False),
    ],
)
def test_a_full_store_is_known_as_such(body: bytes, is_full: bool) -> None:
    assert Refusal.read(body).is_for_lack_of_room == is_full
