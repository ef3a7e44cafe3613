"""Whether the processes of a service have the same secrets, by fingerprints in the database."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from keyshelf.access import queries
from keyshelf.database.transactions import ReadTransaction, Transaction

_LABEL = b"keyshelf secret fingerprint 1\0"
_BYTES = 16


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """A secret that every process of a service has to have."""

    name: str
    """Its setting; of a key that has a name, with a blank and that behind it."""
    value: bytes = field(repr=False)

    @property
    def fingerprint(self) -> bytes:
        """What tells it from another, and nothing about it."""
        return hmac.new(self.value, _LABEL + self.name.encode(), sha256).digest()[:_BYTES]


async def note(tx: Transaction, secrets: Sequence[SharedSecret]) -> Sequence[str]:
    """Note the secrets that nobody has noted; return the names of those noted as others.

    Of processes that start at once with different secrets one finds its own.
    """
    for each in secrets:
        await queries.note_fingerprint(tx, name=each.name, fingerprint=each.fingerprint)
    return differing(await known(tx), secrets)


async def replace(tx: Transaction, secrets: Sequence[SharedSecret]) -> None:
    """Note that secrets which were noted are others from here on."""
    for each in secrets:
        await queries.replace_fingerprint(tx, name=each.name, fingerprint=each.fingerprint)


async def known(tx: ReadTransaction) -> Mapping[str, bytes]:
    """Return the fingerprint of every secret that was noted, by its name."""
    return await queries.fingerprints(tx)


def differing(known: Mapping[str, bytes], secrets: Sequence[SharedSecret]) -> Sequence[str]:
    """Return the names of the secrets that are others than those with these fingerprints."""
    return [
        each.name for each in secrets if known.get(each.name, each.fingerprint) != each.fingerprint
    ]
