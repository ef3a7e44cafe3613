"""Seeing to it that the processes of a service have the same secrets.

A process of its own data folder, to which a secret was not given, makes one of its own. With
other keys for content keys it would make streams that the others cannot have played, so it is
refused; other signatures are told.
"""

from collections.abc import Mapping, Sequence

from keyshelf.access import fingerprints
from keyshelf.access.fingerprints import SharedSecret
from keyshelf.app.kept_secrets import (
    KEPT_FILES,
    content_keks,
    shared_as_it_is,
    signing_secret,
    webhook_secret,
)
from keyshelf.database.pool import Database
from keyshelf.database.transactions import ReadTransaction
from keyshelf.delivery import key_ring
from keyshelf.errors import InvalidInputError
from keyshelf.media.keys.service import keks_lacking
from keyshelf.settings import Settings
from keyshelf.telemetry import get_logger

_log = get_logger(__name__)

KEKS, _SIGNING, _WEBHOOKS = "KEYSHELF_CONTENT_KEKS", "KEYSHELF_SECRET", "KEYSHELF_WEBHOOK_SECRET"
SAME_FIX = (
    "set the same {name} for every process; one that made its own has it in the file"
    " {file} of its KEYSHELF_DATA"
)
KEKS_FIX = (
    SAME_FIX.format(name=KEKS, file=KEPT_FILES[KEKS])
    + ". If a key is lost for good, set a new one under a name that was never used:"
    " `v2:` and what `openssl rand -hex 32` prints, and run `keyshelf keys rotate`"
)

NOT_SET_FIX = (
    f"add it to {KEKS} of every process and restart it; if it is lost for good, run"
    " `keyshelf keys rotate`, and make its streams again"
)


class OtherContentKeksError(InvalidInputError):
    """KEYSHELF_CONTENT_KEKS has another key than the service on this database. Set the same."""

    code = "other-content-keks"


async def compare(settings: Settings, database: Database) -> None:
    """Note the secrets of a process that starts, or compare them with those of the others.

    Raises `OtherContentKeksError`. Other secrets that are different are logged, and taken for
    changed on purpose: whoever starts next is compared with this process. Keys for content keys
    that are in use and not set are logged.
    """
    keks = _keks(content_keks(settings))
    signing = [
        SharedSecret(_SIGNING, signing_secret(settings)),
        SharedSecret(_WEBHOOKS, webhook_secret(settings).encode()),
    ]
    async with database.transaction() as tx:
        others = await fingerprints.note(tx, keks)
        if others:
            raise OtherContentKeksError(
                f"the key {_spoken(others)} of this process is another than the one of the service"
                f" on this database, which could not have its streams played: {KEKS_FIX}"
            )
        changed = await fingerprints.note(tx, signing)
        await fingerprints.replace(tx, [each for each in signing if each.name in changed])
        lacking = await keks_not_set(settings, tx)
    for name in changed:
        fix = SAME_FIX.format(name=name, file=KEPT_FILES[name])
        _log.warning("another secret than that of the process before", setting=name, fix=fix)
    for name, count in lacking.items():
        _log.warning("a key of streams is not set", name=name, streams=count, fix=NOT_SET_FIX)


async def different(settings: Settings, tx: ReadTransaction) -> Sequence[str]:
    """Return the settings whose secret, as a start would have it, is not that of the service.

    Nothing is made: one that is neither set nor made is different where one was noted.
    Raises `DataFolderError`.
    """
    known = await fingerprints.known(tx)
    return [name for name in KEPT_FILES if _is_different(settings, name, known)]


async def keks_not_set(settings: Settings, tx: ReadTransaction) -> Mapping[str, int]:
    """Return how many streams' keys were wrapped by each key that is in use and not set.

    One that wraps new keys is in use, with 0 of them too. Raises `DataFolderError`.
    """
    text = shared_as_it_is(settings, KEKS)
    return await keks_lacking(tx, key_ring.parse(text).keys if text else ())


def _is_different(settings: Settings, name: str, known: Mapping[str, bytes]) -> bool:
    text = shared_as_it_is(settings, name)
    if text is None:
        return any(each.partition(" ")[0] == name for each in known)
    found = _keks(text) if name == KEKS else [SharedSecret(name, text.encode())]
    return bool(fingerprints.differing(known, found))


def _keks(text: str) -> Sequence[SharedSecret]:
    return [SharedSecret(f"{KEKS} {name}", key) for name, key in key_ring.parse(text).keys.items()]


def _spoken(names: Sequence[str]) -> str:
    return ", ".join(f"`{each.partition(' ')[2]}`" for each in names)
