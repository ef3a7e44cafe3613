"""Keys of repositories: what is spelled is read back, and nothing else is read."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.layout import repository
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import (
    AssetHash,
    ChunkId,
    CommitHash,
    IllegalDigestError,
    IllegalProxyNameError,
    ProxyKey,
    RepositoryId,
)

digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
repositories = st.uuids().map(RepositoryId)
proxy_names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}\.[a-z0-9]{1,8}", fullmatch=True)
D = "a1b2c3d4" * 8
ID = RepositoryId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))


@given(digests)
def test_the_key_of_a_chunk_is_read_back(digest: str) -> None:
    chunk = repository.chunk_id(digest)
    key = repository.chunk_key(chunk)

    assert repository.parse_chunk_key(key) == chunk
    assert all(key.startswith(repository.chunks_prefix(digest[:size])) for size in range(65))


@given(repositories, digests)
def test_the_key_of_a_manifest_is_read_back(repository_id: RepositoryId, digest: str) -> None:
    commit = repository.commit_hash(digest)
    key = repository.manifest_key(repository_id, commit)

    assert repository.parse_manifest_key(key) == (repository_id, commit)
    assert key.startswith(repository.manifests_prefix(repository_id))


@given(repositories, digests, proxy_names)
def test_the_key_of_a_proxy_is_read_back(
    repository_id: RepositoryId, digest: str, name: str
) -> None:
    asset = repository.asset_hash(digest)
    key = repository.proxy_key(repository_id, asset, name)

    assert repository.parse_proxy_key(key) == ProxyKey(repository_id, asset, name)
    assert key.startswith(repository.proxies_prefix(repository_id, asset))
    assert key.startswith(repository.proxies_prefix(repository_id))


@given(repositories)
def test_the_key_of_a_repositorys_document_is_read_back(repository_id: RepositoryId) -> None:
    key = repository.repository_key(repository_id)

    assert repository.parse_repository_key(key) == repository_id


@given(st.text(max_size=120) | st.text("v1/chunksmaife.p-0", max_size=120))
def test_any_other_key_is_none_of_them(text: str) -> None:
    key = ObjectKey(text)

    assert _read(key) == [None] * 4


@pytest.mark.parametrize(
    "key",
    [
        f"v1/chunks/a1/b2/{D}\n",
        f"v1/chunks/a1/b2/{D.upper()}",
        f"v1/chunks/b2/a1/{D}",
        f"v1/chunks/a1/{D}",
        f"/v1/chunks/a1/b2/{D}",
        f"v1/chunks/a1/b2/../b2/{D}",
        f"v1/chunks/a1/b2/{D[:-1]}٣",
        f"v1/manifests/{ID}/{D}.manifest.manifest",
        f"v1/manifests/{str(ID).upper()}/{D}.manifest",
        f"v1/manifests/{ID.hex}/{D}.manifest",
        f"v1/manifests/{'-' * 36}/{D}.manifest",
        f"v1/manifests/../{ID}/{D}.manifest",
        f"v1/proxies/{ID}/{D}/../x.mp4",
        f"v1/proxies/{ID}/{D}/1080P.mp4",
        f"v1/proxies/{ID}/{D}/.mp4",
        f"v1/metadata/repos/{ID}.json/",
        f"v1/metadata/repos/{ID}.bloom",
        f"v1/metadata/repos/{{{ID}}}.json",
    ],
)
def test_what_nothing_spells_is_not_read(key: str) -> None:
    assert _read(ObjectKey(key)) == [None] * 4


@pytest.mark.parametrize(
    "text", ["", D[:-1], D + "0", D.upper(), f"{D}\n", "../" + D[3:], "٣" * 64]
)
def test_ids_are_hexadecimal_digits(text: str) -> None:
    for read in (repository.chunk_id, repository.commit_hash, repository.asset_hash):
        with pytest.raises(IllegalDigestError):
            read(text)


@pytest.mark.parametrize("beginning", ["g", "A", "a/", "..", D + "0", "a\n"])
def test_no_id_begins_otherwise(beginning: str) -> None:
    with pytest.raises(IllegalDigestError):
        repository.chunks_prefix(beginning)


@pytest.mark.parametrize(
    "name", ["", "mp4", ".mp4", "a.", "a/b.mp4", "../a.mp4", "A.mp4", "a.mp4\n"]
)
def test_proxies_are_called_simply(name: str) -> None:
    with pytest.raises(IllegalProxyNameError):
        repository.proxy_key(ID, AssetHash(D), name)


def _read(key: ObjectKey) -> list[ChunkId | tuple[RepositoryId, CommitHash] | object | None]:
    return [
        repository.parse_chunk_key(key),
        repository.parse_manifest_key(key),
        repository.parse_proxy_key(key),
        repository.parse_repository_key(key),
    ]
