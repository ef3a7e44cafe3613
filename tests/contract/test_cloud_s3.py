"""S3 passes the store contract on real servers with keys configured."""

from collections.abc import Mapping
from typing import ClassVar

import pytest

from keyshelf.store.opening import StoreOptions
from tests.contract.cloud_contract import CloudContract
from tests.servers.s3 import S3Server

_PATHS = "keys are paths in a folder, so no segment is empty, '.' or '..'"
_SEGMENTS = "a segment is a file name, at most 255 bytes long"
_CHARACTERS = "it lists in XML without URL encoding, which cannot hold these"
_FILE_OR_FOLDER = "a name is a file or a folder, never both"
_PATH_CASES = (
    *("leading-slash", "two-leading-slashes", "empty-segment", "many-slashes", "dot", "dot-dot"),
    *("dot-segment", "parent-segment", "leading-parent", "trailing-dot", "slash", "slashes"),
    *("folder-empty-segment", "folder-dot", "folder-parent"),
)
_LONG_CASES = (
    *("long-ascii-segment", "long-wide-segment", "long-escaped-segment", "segment-of-256"),
    *("long-beside-its-cut", "long-folder"),
)
_UNWRITABLE_CASES = ("controls", "nonchar", "nul")
_FOLDER_LIMITS: Mapping[str, str] = {
    **dict.fromkeys(_PATH_CASES, _PATHS),
    **dict.fromkeys(_LONG_CASES, _SEGMENTS),
    "a-beside-a/b": _FILE_OR_FOLDER,
    "marker-beside-children": _FILE_OR_FOLDER,
    "test_neighbours_stay_apart[dots]": _PATHS,
    "test_neighbours_stay_apart_in_any_order[dots]": _PATHS,
    "test_a_key_above_another_is_no_object": _FILE_OR_FOLDER,
    "test_a_copy_replaces_unless_told_not_to": "the copy keeps attributes of what it replaces",
}


@pytest.mark.long
class TestRclone(CloudContract):
    enforces_sha256 = False
    limits: ClassVar[Mapping[str, str]] = {
        **_FOLDER_LIMITS,
        **dict.fromkeys(("folder", "deep-folder"), "a folder marker becomes a file"),
        "normal-forms": "it takes names of the same letters for the same name",
        **dict.fromkeys(
            (f"test_a_hard_key_is_uploaded_in_parts[{case}]" for case in _UNWRITABLE_CASES),
            _CHARACTERS,
        ),
        "test_a_copy_has_bytes_and_attributes": "copies lose the cache control",
        "test_a_listing_shows_the_storage_class": "its listings name one class for all",
        "test_a_copy_has_metadata_and_tags": "copies get a time as metadata of their own",
        "test_a_signed_get_takes_a_range": "it answers a range with status 200",
        "test_a_part_may_be_left_out": "parts are numbered without gaps and all are used",
        "test_part_numbers_may_have_gaps": "parts are numbered without gaps and all are used",
        "test_a_part_may_be_written_again": "a part is written once",
        "test_a_signed_put_to_create_never_replaces": "it ignores conditions",
    }

    @pytest.fixture
    def options(self, rclone_server: S3Server) -> StoreOptions:
        return rclone_server.new_bucket()


class TestVersitygw(CloudContract):
    limits: ClassVar[Mapping[str, str]] = {
        **_FOLDER_LIMITS,
        **dict.fromkeys(_UNWRITABLE_CASES, _CHARACTERS),
        "test_the_storage_class_is_kept": "there is one storage class",
        "test_a_listing_shows_the_storage_class": "there is one storage class",
    }

    @pytest.fixture
    def options(self, versitygw_server: S3Server) -> StoreOptions:
        return versitygw_server.new_bucket()


class TestStrictS3(CloudContract):
    """Keys that no server on a file system can hold, and signatures checked once more."""

    @pytest.fixture
    def options(self, strict_s3_server: S3Server) -> StoreOptions:
        return strict_s3_server.new_bucket()
