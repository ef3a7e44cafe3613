"""The words of a job's log can be stored, and prove nothing."""

from keyshelf.jobs.log.values import Note


def test_a_signed_address_loses_its_proof() -> None:
    note = Note.of("asked", detail="PUT https://u:pass@s3.test/b/k?X-Amz-Signature=abc&x=1 failed")

    assert note.detail == "PUT https://s3.test/b/k?… failed"


def test_words_that_a_database_refuses_are_made_storable() -> None:
    note = Note.of("a\x00b\nc\ud800d", detail="\udc80")

    assert note.text == "a b c d"
    assert note.detail == " "


def test_long_words_are_cut() -> None:
    note = Note.of("x" * 999, detail="y" * 999)

    assert len(note.text) + len(note.detail or "") == 500
