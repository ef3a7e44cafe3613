"""The class of new objects, and what becomes of deleted ones, as set."""

from pathlib import Path

import pytest

from keyshelf.app.repositories import repository_options
from keyshelf.repositories.formats.headers import Tier
from keyshelf.repositories.parts import Placement
from keyshelf.settings import InvalidSettingError, load


def options(tmp_path: Path, bucket: str, **given: str) -> tuple[Placement, Placement, bool]:
    home = {"HOME": str(tmp_path), "KEYSHELF_DATA": str(tmp_path)}
    found = repository_options(load({**home, "REPOSITORY_BUCKET": bucket, **given}))
    return found.chunks, found.proxies, found.marks_deleted


def test_a_class_that_is_read_at_once_is_written_into(tmp_path: Path) -> None:
    chunks, proxies, marks = options(
        tmp_path, "s3://versions", REPOSITORY_CHUNK_CLASS="warm", KEYSHELF_GC_DELETES="tag"
    )

    assert (chunks, proxies, marks) == (Placement(Tier.WARM, "STANDARD_IA"), Placement(), True)


@pytest.mark.parametrize(
    ("bucket", "name"), [("s3://versions", None), ("gs://versions", "COLDLINE"), ("az://v", "Cold")]
)
def test_a_class_that_must_be_restored_is_only_tagged_for(
    tmp_path: Path, bucket: str, name: str | None
) -> None:
    chunks, _, _ = options(tmp_path, bucket, REPOSITORY_CHUNK_CLASS="cold")

    assert chunks == Placement(Tier.COLD, name)


@pytest.mark.parametrize(
    ("bucket", "given"),
    [
        ("file:///tmp/versions", {"REPOSITORY_PROXY_CLASS": "warm"}),
        ("gs://versions", {"KEYSHELF_GC_DELETES": "tag"}),
        ("s3://versions", {"KEYSHELF_GC_DELETES": "tag", "KEYSHELF_OBJECT_TAGS": "false"}),
    ],
)
def test_what_would_do_nothing_is_refused(
    tmp_path: Path, bucket: str, given: dict[str, str]
) -> None:
    with pytest.raises(InvalidSettingError):
        options(tmp_path, bucket, **given)
