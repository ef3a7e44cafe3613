"""What a store says of an object's MD5, and comparing a fetched file with it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from keyshelf.client.transfers.download import stored_md5, verify
from keyshelf.client.transfers.objects import DamagedTransferError

MD5 = hashlib.md5(b"bytes").hexdigest()
S3 = {"x-amz-request-id": "1", "etag": f'"{MD5}"'}


@pytest.mark.parametrize(
    ("headers", "md5"),
    [
        (S3, MD5),
        (S3 | {"x-amz-server-side-encryption": "AES256"}, MD5),
        (S3 | {"x-amz-server-side-encryption": "aws:kms"}, None),
        (S3 | {"x-amz-server-side-encryption-customer-algorithm": "AES256"}, None),
        (S3 | {"etag": f'"{MD5}-3"'}, None),
        ({"etag": f'"{MD5}"'}, None),
        ({}, None),
    ],
)
def test_an_etag_is_an_md5_only_where_s3_says_so(
    headers: Mapping[str, str], md5: str | None
) -> None:
    assert stored_md5(headers) == md5


def test_a_file_that_is_whole_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"bytes")

    verify(path, MD5, shown="/file")
    verify(path, None, shown="/file")

    assert path.exists()


def test_a_damaged_file_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"bites")

    with pytest.raises(DamagedTransferError):
        verify(path, MD5, shown="/file")

    assert not path.exists()
