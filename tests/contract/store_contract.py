"""What any object store must do: the one contract that each of them passes."""

from tests.contract.contract_attributes import AttributesContract
from tests.contract.contract_batches import BatchesContract
from tests.contract.contract_conditions import ConditionsContract
from tests.contract.contract_copy import CopyContract
from tests.contract.contract_keys import KeysContract
from tests.contract.contract_listing import ListingContract
from tests.contract.contract_multipart import MultipartContract
from tests.contract.contract_objects import ObjectsContract
from tests.contract.contract_presign import PresignContract
from tests.contract.contract_uploads import UploadsContract


class StoreContract(
    ObjectsContract,
    BatchesContract,
    ConditionsContract,
    AttributesContract,
    CopyContract,
    ListingContract,
    KeysContract,
    MultipartContract,
    UploadsContract,
    PresignContract,
):
    """Subclass it in a `test_*.py` under the name `Test…`.

    A subclass supplies
    - a fixture `store`: an empty bucket for each test, closed afterwards;
    - `expired_request`, and `send` when a plain HTTP request is not enough;
    - what differs from the defaults of `ContractBase`: `page_limit`, `part_bytes`, … ;
    - `limits`: what its server cannot do, with the reason; those tests are skipped aloud.

    A capability that a store does not claim is not skipped: the contract then
    asserts that the store refuses with `UnsupportedError`.
    """
