"""Storage classes by the specification's table, and what the clouds say of each."""

import pytest

from keyshelf.operations.classes import (
    CLASSES,
    Cloud,
    StorageClass,
    billed_bytes,
    facts,
    named,
)

SPECIFICATION = {
    StorageClass.HOT: ("STANDARD", "STANDARD", "Hot"),
    StorageClass.WARM: ("STANDARD_IA", "NEARLINE", "Cool"),
    StorageClass.COLD: ("GLACIER", "COLDLINE", "Cold"),
    StorageClass.ARCHIVE: ("DEEP_ARCHIVE", "ARCHIVE", "Archive"),
}


@pytest.mark.parametrize("storage_class", StorageClass)
def test_classes_are_called_as_the_specification_has_them(storage_class: StorageClass) -> None:
    names = tuple(facts(cloud, storage_class).name for cloud in (Cloud.S3, Cloud.GCS, Cloud.AZURE))

    assert names == SPECIFICATION[storage_class]


def test_what_must_be_restored_is_not_what_is_called_cold() -> None:
    offline = {(each.cloud, each.name) for of in CLASSES.values() for each in of.values()}
    offline = {(cloud, name) for cloud, name in offline if _offline(cloud, name)}

    assert offline == {
        (Cloud.S3, "GLACIER"),
        (Cloud.S3, "DEEP_ARCHIVE"),
        (Cloud.AZURE, "Archive"),
    }


def test_a_class_is_found_by_its_name_in_any_case_and_none_is_the_hot_one() -> None:
    assert named(Cloud.AZURE, "archive") == facts(Cloud.AZURE, StorageClass.ARCHIVE)
    assert named(Cloud.S3, None) == facts(Cloud.S3, StorageClass.HOT)
    assert named(Cloud.S3, "SNOW") is None


def test_classes_that_others_put_objects_into_are_known() -> None:
    instant = named(Cloud.S3, "GLACIER_IR")

    assert instant is not None
    assert (instant.storage_class, instant.needs_restore) == (StorageClass.COLD, False)


@pytest.mark.parametrize(
    ("storage_class", "billed_kib"),
    [("hot", 64), ("warm", 128), ("cold", 104), ("archive", 104)],
)
def test_a_chunk_is_billed_as_more_than_it_is(storage_class: str, billed_kib: int) -> None:
    of = facts(Cloud.S3, StorageClass(storage_class))

    assert billed_bytes(64 * 1024, of) == billed_kib * 1024


def _offline(cloud: Cloud, name: str) -> bool:
    found = named(cloud, name)
    return found is not None and found.needs_restore
