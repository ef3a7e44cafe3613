"""Google Cloud Storage passes the store contract on a fake of the calls made."""

import pytest

from keyshelf.store.opening import StoreOptions
from tests.contract.cloud_contract import CloudContract
from tests.servers.s3 import S3Server


@pytest.mark.long
class TestGcs(CloudContract):
    enforces_sha256 = False
    storage_class = "NEARLINE"

    @pytest.fixture
    def options(self, gcs_server: S3Server) -> StoreOptions:
        return gcs_server.new_bucket()
