"""Azure passes the store contract on Azurite."""

from collections.abc import Mapping
from typing import ClassVar

import pytest

from keyshelf.store.opening import StoreOptions
from tests.contract.cloud_contract import CloudContract
from tests.servers.azurite import AzureServer

_DOTTED = ("dot", "dot-dot", "dot-segment", "parent-segment", "leading-parent", "trailing-dot")


@pytest.mark.long
class TestAzure(CloudContract):
    enforces_length = False
    enforces_sha256 = False
    storage_class = "Cool"
    limits: ClassVar[Mapping[str, str]] = {
        "test_a_put_of_another_type_is_refused": "its signatures do not bind the type",
        "test_keys_come_in_order_of_their_bytes": "it orders names by UTF-16",
        "backslash": "it takes a backslash for a slash",
        **dict.fromkeys(
            ("controls", "nonchar", "nul"), "it cannot list names that XML cannot hold"
        ),
        **dict.fromkeys(
            (f"test_a_hard_key_is_copied_both_ways[{case}]" for case in _DOTTED),
            "it resolves dot segments in the address of a copy's source",
        ),
        "test_a_signed_part_becomes_part_of_the_object": "a block is answered without an ETag",
    }

    @pytest.fixture
    def options(self, azure_server: AzureServer) -> StoreOptions:
        return azure_server.new_bucket()
