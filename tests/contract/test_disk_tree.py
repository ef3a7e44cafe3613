"""What a person sees of a disk store in its folder, and what they may do there."""

import os
import shutil
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keyshelf.clock import system_clock
from keyshelf.errors import Error
from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, Condition, PutOptions
from keyshelf.store.disk import DiskStore
from keyshelf.store.disk_failures import StoreFormatError
from keyshelf.store.disk_options import DiskOptions
from keyshelf.store.errors import (
    BucketNotFoundError,
    ObjectChangedError,
    ObjectExistsError,
    ObjectNotFoundError,
    StoreForbiddenError,
)
from tests.contract.contract_base import listed, listed_keys, put_all, read

pytestmark = pytest.mark.anyio

KEY = ObjectKey("alice/my-files/Trip/a.jpg")
JPEG = PutOptions(attributes=Attributes(content_type="image/jpeg"), tags={"a": "b"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> DiskStore:
    return DiskStore(folder, DiskOptions(durable=False))


async def test_a_person_finds_the_file_at_its_key(store: DiskStore, folder: Path) -> None:
    await store.put(KEY, b"picture")

    assert (folder / KEY).read_bytes() == b"picture"


async def test_only_the_own_folder_is_beside_the_files(store: DiskStore, folder: Path) -> None:
    await store.put(ObjectKey("a"), b"x")

    assert sorted(path.name for path in folder.iterdir()) == [".keyshelf-disk", "a"]
    own = folder / ".keyshelf-disk"
    assert (own / "version").read_text() == "keyshelf disk store 1\n"
    assert sorted(path.name for path in own.iterdir()) == [
        "attributes",
        "locks",
        "temporary",
        "uploads",
        "version",
    ]


async def test_empty_folders_go_with_their_last_object(store: DiskStore, folder: Path) -> None:
    await store.put(KEY, b"x")
    await store.put(ObjectKey("alice/other"), b"x")

    await store.delete(KEY)

    assert sorted(path.name for path in (folder / "alice").iterdir()) == ["other"]


@pytest.mark.parametrize("name", ["by hand.txt", "50% off #1?.pdf", "100%25.txt", "a%2Fb", "日本"])
async def test_a_file_dropped_in_by_hand_is_an_object(
    store: DiskStore, folder: Path, name: str
) -> None:
    key = ObjectKey(f"alice/{name}")
    (folder / "alice").mkdir()
    (folder / key).write_bytes(b"dropped")

    (meta,) = await listed(store)
    head = await store.head(key)
    await store.copy(key, ObjectKey("copy"))

    assert (meta.key, meta.size, meta.etag) == (key, 7, head.etag)
    assert head.attributes == Attributes()
    assert await read(store, key) == await read(store, ObjectKey("copy")) == b"dropped"
    with pytest.raises(ObjectExistsError):
        await store.put(key, b"x", PutOptions(condition=Condition.CREATE))
    await store.delete(key)
    assert await listed_keys(store) == ["copy"]


async def test_tags_of_a_file_dropped_in_by_hand_keep_its_etag(
    store: DiskStore, folder: Path
) -> None:
    (folder / "a").write_bytes(b"dropped")
    before = await store.head(ObjectKey("a"))

    await store.set_tags(ObjectKey("a"), {"state": "draft"})

    assert await store.head(ObjectKey("a")) == before
    assert await store.get_tags(ObjectKey("a")) == {"state": "draft"}


async def test_a_file_changed_by_hand_loses_its_attributes(store: DiskStore, folder: Path) -> None:
    put = await store.put(KEY, b"picture", JPEG)

    with (folder / KEY).open("ab") as file:
        file.write(b" retouched")

    head = await store.head(KEY)
    assert head.etag != put.etag
    assert (head.size, head.attributes) == (17, Attributes())
    assert await store.get_tags(KEY) == {}
    with pytest.raises(ObjectChangedError):
        await store.get(KEY, if_match=put.etag)


async def test_a_file_moved_by_hand_keeps_its_attributes(store: DiskStore, folder: Path) -> None:
    put = await store.put(KEY, b"picture", JPEG)
    if "user.keyshelf" not in os.listxattr(folder / KEY):
        pytest.skip("this file system keeps no extended attributes")

    (folder / KEY).rename(folder / "moved.jpg")

    head = await store.head(ObjectKey("moved.jpg"))
    assert (head.etag, head.attributes) == (put.etag, JPEG.attributes)
    assert await listed_keys(store) == ["moved.jpg"]


async def test_attributes_too_long_for_the_file_are_kept_beside_it(store: DiskStore) -> None:
    long = PutOptions(attributes=Attributes(metadata={"text": "語" * 30_000}))
    await store.put(KEY, b"x", long)
    await store.copy(KEY, ObjectKey("copy"))
    await store.put(KEY, b"y", JPEG)

    assert (await store.head(ObjectKey("copy"))).attributes == long.attributes
    assert (await store.head(KEY)).attributes == JPEG.attributes


async def test_records_beside_files_go_with_them(folder: Path) -> None:
    store = DiskStore(folder, DiskOptions(durable=False, extended_attributes=False))
    await store.put(KEY, b"x", JPEG)
    await store.put(KEY, b"y", JPEG)
    await store.copy(KEY, ObjectKey("b"))
    await store.delete(KEY)
    await store.delete(ObjectKey("b"))

    attributes = folder / ".keyshelf-disk" / "attributes"
    assert [path for path in attributes.rglob("*") if path.is_file()] == []


async def test_an_object_steps_aside_for_a_folder(store: DiskStore, folder: Path) -> None:
    await store.put(ObjectKey("Trip/a"), b"file", JPEG)

    await store.put(ObjectKey("Trip/a/b"), b"below")

    assert (folder / "Trip" / "a%file").read_bytes() == b"file"
    assert (folder / "Trip" / "a" / "b").read_bytes() == b"below"
    assert (await store.head(ObjectKey("Trip/a"))).attributes == JPEG.attributes
    assert await listed_keys(store) == ["Trip/a", "Trip/a/b"]


async def test_links_are_neither_followed_nor_listed(
    store: DiskStore, folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.pem").write_bytes(b"secret")
    (folder / "file").symlink_to(secret / "key.pem")
    (folder / "folder").symlink_to(secret)
    (folder / "loop").symlink_to(folder)

    for name in ("file", "folder/key.pem", "loop/file"):
        key = ObjectKey(name)
        with pytest.raises(ObjectNotFoundError):
            await store.get(key)
        with pytest.raises(StoreForbiddenError):
            await store.put(key, b"overwritten")
        await store.delete(key)
    with pytest.raises(StoreForbiddenError):
        await store.put(ObjectKey("folder/new"), b"x")

    assert await listed_keys(store) == []
    assert [path.read_bytes() for path in secret.iterdir()] == [b"secret"]


async def test_pipes_and_sockets_are_no_objects(store: DiskStore, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(folder / "socket"))

    for name in ("pipe", "socket"):
        with pytest.raises(ObjectNotFoundError):
            await store.head(ObjectKey(name))
    assert await listed_keys(store) == []


async def test_names_that_spell_no_key_are_left_out(store: DiskStore, folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe"))).write_bytes(b"x")
    (folder / "short%+").mkdir()
    (folder / "short%+" / "rest").write_bytes(b"x")
    (folder / "empty").mkdir()

    assert await listed_keys(store) == []
    found = [page async for page in store.list(delimiter="/")]
    assert found == []


async def test_a_large_folder_is_listed_by_windows(folder: Path) -> None:
    store = DiskStore(folder, DiskOptions(durable=False, listing_window=10, page_limit=7))
    keys = sorted(f"big/{number * 7919 % 1000:03}" for number in range(100))
    await put_all(store, keys)

    assert await listed_keys(store) == keys
    assert await listed_keys(store, start_after="big/500") == [
        key for key in keys if key > "big/500"
    ]


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_a_deep_tree_is_listed_with_few_open_files(store: DiskStore) -> None:
    deep = ["/".join("d" * depth) + "/x" for depth in range(1, 400, 40)]
    await put_all(store, deep)
    before = open_files()

    async for page in store.list():
        assert [meta.key for meta in page.objects] == sorted(deep)
        assert open_files() <= before
        break


async def test_another_delimiter_folds_as_well(store: DiskStore) -> None:
    await put_all(store, ["2026-01-a", "2026-01-b", "2026-02/c", "x"])

    pages = [page async for page in store.list("2026-", delimiter="-")]

    assert [meta.key for meta in pages[0].objects] == ["2026-02/c"]
    assert pages[0].prefixes == ["2026-01-"]


async def test_a_store_of_another_format_is_refused(store: DiskStore, folder: Path) -> None:
    (folder / ".keyshelf-disk" / "version").write_text("keyshelf disk store 2\n")

    with pytest.raises(StoreFormatError):
        DiskStore(folder)


async def test_check_sees_that_the_folder_is_gone(store: DiskStore, folder: Path) -> None:
    await store.check()
    shutil.rmtree(folder)

    with pytest.raises(BucketNotFoundError):
        await store.check()
    with pytest.raises(Error):
        await store.put(KEY, b"x")


async def test_opening_sweeps_what_was_abandoned_a_day_ago(store: DiskStore, folder: Path) -> None:
    temporary = folder / ".keyshelf-disk" / "temporary"
    (temporary / "left").write_bytes(b"x")
    (temporary / "left.gone").mkdir()
    (temporary / "left.gone" / "own-1").write_bytes(b"x")
    upload = await store.create_upload(KEY)

    DiskStore(folder)
    young = sorted(path.name for path in temporary.iterdir())
    DiskStore(folder, DiskOptions(clock=lambda: system_clock() + timedelta(days=2)))

    assert young == ["left", "left.gone"]
    assert list(temporary.iterdir()) == []
    assert [each.upload_id async for each in store.list_uploads()] == [upload]


async def test_the_time_of_an_object_comes_from_the_clock(folder: Path) -> None:
    moment = datetime(2026, 7, 30, 12, 0, 0, 123456, tzinfo=UTC)
    store = DiskStore(folder, DiskOptions(clock=lambda: moment))

    await store.put(KEY, b"x")

    assert (await store.head(KEY)).modified_at == moment
