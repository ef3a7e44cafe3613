"""What was deleted or overwritten in a versioned bucket of a real server comes back."""

from dataclasses import replace
from datetime import UTC, datetime

import anyio
import httpx2
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.versions.service import Wanted, recover, recover_keys
from keyshelf.operations.versions.values import Action, VersionsOffError
from keyshelf.store.base import Attributes, ObjectStore, PutOptions
from keyshelf.store.errors import ObjectNotFoundError, UnsupportedError
from keyshelf.store.opening import StoreOptions, open_store, open_versions
from keyshelf.store.s3_limits import S3Limits
from keyshelf.store.sigv4 import Address, Credentials, Signer
from keyshelf.store.uploading import StreamLimits
from tests.patience import PATIENCE
from tests.servers.s3 import KMS_KEY
from tests.versioned import Versioned, later

pytestmark = pytest.mark.anyio

HARD = ObjectKey("alice/my-files/it's (2)+a&b=c/日本語 😀 50% #1?.mov")
FILM = ObjectKey("alice/my-files/film.mov")
NOTES = ObjectKey("bob/my-files/notes.txt")


async def body(store: ObjectStore, key: ObjectKey) -> bytes:
    async with await store.get(key) as reader:
        return await reader.read()


async def test_what_was_deleted_is_there_again(versioned_bucket: Versioned) -> None:
    store = versioned_bucket.store
    options = PutOptions(
        attributes=Attributes(content_type="video/quicktime", metadata={"made-by": "Anna"}),
        tags={"dits:status": "active"},
    )
    await store.put(HARD, b"a film", options)
    await store.put(NOTES, b"kept")
    await store.delete(HARD)
    await store.delete(HARD)

    planned = await recover(versioned_bucket.versions, Wanted(), dry_run=True)
    with pytest.raises(ObjectNotFoundError):
        await store.head(HARD)
    done = await recover(versioned_bucket.versions, Wanted())

    assert planned.changes == done.changes
    assert [(each.key, each.action) for each in done.changes] == [(HARD, Action.UNDELETE)]
    assert (done.looked_at, done.undeleted, done.bytes) == (2, 1, 6)
    assert await body(store, HARD) == b"a film"
    found = await store.head(HARD)
    assert found.attributes is not None
    assert found.attributes.metadata == {"made-by": "Anna"}
    assert await store.get_tags(HARD) == {"dits:status": "active"}
    assert (await recover(versioned_bucket.versions, Wanted())).changed == 0


async def test_all_is_as_it_was_at_a_time_and_what_is_newer_stays(
    versioned_bucket: Versioned,
) -> None:
    store = versioned_bucket.store
    await store.put(FILM, b"first cut")
    await store.put(HARD, b"deleted later")
    then = await later()
    await store.put(FILM, b"second cut")
    await store.delete(HARD)
    await store.put(NOTES, b"made later")

    done = await recover(versioned_bucket.versions, Wanted(at=then))

    assert {each.key: each.action for each in done.changes} == {
        FILM: Action.REVERT,
        HARD: Action.UNDELETE,
    }
    assert done.newer == 1
    assert await body(store, FILM) == b"first cut"
    assert await body(store, HARD) == b"deleted later"
    assert await body(store, NOTES) == b"made later"
    assert (await recover(versioned_bucket.versions, Wanted(at=then))).changed == 0


async def test_what_was_made_later_goes_when_told_to_and_can_come_back(
    versioned_bucket: Versioned,
) -> None:
    then = await later()
    await versioned_bucket.store.put(NOTES, b"made later")

    done = await recover(versioned_bucket.versions, Wanted(at=then, removes=True))

    assert done.removed == 1
    with pytest.raises(ObjectNotFoundError):
        await versioned_bucket.store.head(NOTES)
    assert (await recover(versioned_bucket.versions, Wanted())).undeleted == 1
    assert await body(versioned_bucket.store, NOTES) == b"made later"


async def test_only_what_is_asked_for_is_looked_at(versioned_bucket: Versioned) -> None:
    for key in (FILM, HARD, NOTES):
        await versioned_bucket.store.put(key, b"x")
        await versioned_bucket.store.delete(key)

    done = await recover(
        versioned_bucket.versions,
        Wanted(prefix="alice/", keeps=lambda key: key.endswith("film.mov")),
    )

    assert [each.key for each in done.changes] == [FILM]


async def test_keys_that_no_version_is_left_of_are_told(versioned_bucket: Versioned) -> None:
    await versioned_bucket.store.put(FILM, b"x")
    await versioned_bucket.store.delete(FILM)

    done = await recover_keys(versioned_bucket.versions, [FILM, NOTES])

    assert [each.key for each in done.changes] == [FILM]
    assert [each.key for each in done.problems] == [NOTES]


async def test_more_keys_than_a_page_holds(versioned_bucket: Versioned) -> None:
    keys = [ObjectKey(f"many/{number:03}") for number in range(70)]
    versions = open_versions(replace(versioned_bucket.options, s3_limits=S3Limits(page_limit=7)))
    async with anyio.create_task_group() as group:
        for key in keys:
            group.start_soon(versioned_bucket.store.put, key, b"x")
    await versioned_bucket.store.delete_many(keys)

    done = await recover(versions, Wanted(prefix="many/"))
    await versions.aclose()

    assert [each.key for each in done.changes] == keys
    listed = [page async for page in versioned_bucket.store.list("many/")]
    assert [each.key for page in listed for each in page.objects] == keys


async def test_an_object_past_one_copy_comes_back_in_parts(versioned_bucket: Versioned) -> None:
    limits = S3Limits(single_copy_bytes=5 * 2**20, copy_part_bytes=5 * 2**20)
    versions = open_versions(replace(versioned_bucket.options, s3_limits=limits))
    first = bytes(range(256)) * (6 * 2**12)
    await versioned_bucket.store.put(FILM, first, PutOptions(tags={"dits:type": "chunk"}))
    then = await later()
    await versioned_bucket.store.put(FILM, b"second cut")

    done = await recover(versions, Wanted(at=then))
    await versions.aclose()

    assert done.reverted == 1
    assert await body(versioned_bucket.store, FILM) == first
    assert await versioned_bucket.store.get_tags(FILM) == {"dits:type": "chunk"}


@pytest.mark.parametrize("kind", ["in parts", "under a key"])
async def test_what_was_brought_back_is_not_copied_again_whatever_its_etag(
    versioned_bucket: Versioned, kind: str
) -> None:
    first, second = bytes(6 * 2**20), bytes(6 * 2**20 - 1) + b"x"
    await write_oddly(versioned_bucket, kind, first)
    then = await later()
    await write_oddly(versioned_bucket, kind, second)

    done = await recover(versioned_bucket.versions, Wanted(at=then))
    planned = await recover(versioned_bucket.versions, Wanted(at=then), dry_run=True)
    again = await recover(versioned_bucket.versions, Wanted(at=then))

    assert (done.reverted, planned.changed, again.changed) == (1, 0, 0)
    assert await body(versioned_bucket.store, FILM) == first
    pages = [page async for page in versioned_bucket.versions.versions()]
    assert len([each for page in pages for each in page]) == 3
    assert len({each.etag for page in pages for each in page}) == 3


async def write_oddly(bucket: Versioned, kind: str, data: bytes) -> None:
    """Write so that a copy will have another ETag."""
    if kind == "in parts":
        limits = S3Limits(stream=StreamLimits(part_bytes=5 * 2**20, single_put_bytes=0))
        store = await open_store(replace(bucket.options, s3_limits=limits))
        await store.put(FILM, data)
        await store.aclose()
        return
    address = Address.of(
        bucket.options.endpoint or "", bucket.options.bucket.removeprefix("s3://"), path_style=True
    )
    keys = Credentials(bucket.options.access_key or "", bucket.options.secret_key or "")
    signer = Signer(keys, region=bucket.options.region, address=address)
    kms = "x-amz-server-side-encryption"
    wanted = {kms: "aws:kms", f"{kms}-aws-kms-key-id": KMS_KEY}
    target = address.target(FILM)
    signed = signer.sign_headers("PUT", target, at=datetime.now(UTC), headers=wanted)
    async with httpx2.AsyncClient(timeout=PATIENCE) as http:
        (await http.put(address.origin + target, headers=signed, content=data)).raise_for_status()


async def test_without_versions_the_fix_is_named(plain_bucket: Versioned) -> None:
    await plain_bucket.store.put(NOTES, b"x")
    await plain_bucket.store.delete(NOTES)

    with pytest.raises(VersionsOffError, match="versioning apply"):
        await recover(plain_bucket.versions, Wanted())


async def test_without_versions_nothing_is_deleted_or_overwritten(plain_bucket: Versioned) -> None:
    then = await later()
    await plain_bucket.store.put(NOTES, b"made later")

    wanted = Wanted(at=then, removes=True)
    for dry_run in (True, False):
        with pytest.raises(VersionsOffError, match="versioning apply"):
            await recover(plain_bucket.versions, wanted, dry_run=dry_run)

    assert await body(plain_bucket.store, NOTES) == b"made later"


def test_a_folder_keeps_no_versions() -> None:
    with pytest.raises(UnsupportedError, match="versioning"):
        open_versions(StoreOptions("file:///tmp/somewhere"))
