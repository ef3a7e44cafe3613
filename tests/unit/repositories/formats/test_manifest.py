"""Manifests: read as written, and refused when they are not what a commit can say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.layout.repository import CommitHash, RepositoryId
from keyshelf.repositories.formats import manifest
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.formats.manifest import (
    MAX_PARENTS,
    Author,
    DamagedManifestError,
    IllegalCommitError,
    Manifest,
)

SAID = Manifest(
    repository=RepositoryId(UUID("01890a5d-ac96-774b-bcce-b302099a8057")),
    parents=(),
    root=FolderEntry(b"", 0o755, 0, b"n" * 32, 1, 2),
    message="",
    author=Author("Anna"),
    committed_at=datetime(2026, 11, 22, tzinfo=UTC),
    generation=1,
)
commits = st.binary(min_size=32, max_size=32).map(lambda each: CommitHash(each.hex()))
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
manifests = st.builds(
    Manifest,
    repository=st.uuids().map(RepositoryId),
    parents=st.lists(commits, max_size=3, unique=True).map(tuple),
    root=st.just(SAID.root),
    message=st.text(max_size=50),
    author=st.builds(Author, st.text(max_size=20), st.text(max_size=20)),
    committed_at=st.datetimes(datetime(1900, 1, 2), datetime(9999, 12, 30), timezones=zones),
    generation=st.integers(1, 2**63 - 1),
)


@given(manifests)
def test_a_manifest_is_read_as_it_was_written(said: Manifest) -> None:
    read = manifest.decode(manifest.encode(said))

    assert read == said
    assert read.committed_at.utcoffset() == said.committed_at.utcoffset()


@given(st.binary(max_size=60))
def test_what_is_no_manifest_is_told(data: bytes) -> None:
    for content in (data, b"KSM1" + data):
        with pytest.raises(DamagedManifestError):
            manifest.decode(content)


def test_arrays_without_end_are_told() -> None:
    with pytest.raises(DamagedManifestError):
        manifest.decode(b"KSM1" + b"\x91" * 100_000)
    with pytest.raises(DamagedManifestError):
        manifest.decode(manifest.encode(SAID)[:-1] + b"\x91" * 100_000)


def test_a_commit_with_the_most_parents_is_read() -> None:
    parents = tuple(CommitHash(f"{each:064x}") for each in range(MAX_PARENTS))
    said = replace(SAID, parents=parents)

    assert manifest.decode(manifest.encode(said)).parents == parents
    with pytest.raises(IllegalCommitError):
        replace(SAID, parents=(*parents, CommitHash("f" * 64)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message", "é" * 33_000),
        ("author", Author("a" * 1000, "b" * 25)),
        ("parents", (CommitHash("a" * 64),) * 2),
        ("committed_at", datetime(2026, 11, 22)),
        ("generation", 0),
        ("message", "\udcff"),
    ],
)
def test_what_no_commit_can_say_is_refused(field: str, value: object) -> None:
    with pytest.raises(IllegalCommitError):
        replace(SAID, **{field: value})


@pytest.mark.parametrize("parent", [b"", b"p" * 31, b"p" * 33])
def test_a_parent_that_is_no_commit_is_told(parent: bytes) -> None:
    content = manifest.encode(replace(SAID, parents=(CommitHash(parent.hex()),)))

    with pytest.raises(DamagedManifestError):
        manifest.decode(content)
