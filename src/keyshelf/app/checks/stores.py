"""The stores: reachable, writable, and usable by browsers."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from keyshelf.app import store_fixes
from keyshelf.app.checks import browsers
from keyshelf.app.checks.folders import nearest, why_not_writable
from keyshelf.app.checks.values import Check, failed, ok
from keyshelf.app.stores import bucket_of, regions_options, replica_options, store_options
from keyshelf.clock import Clock
from keyshelf.errors import Error, IntegrityError
from keyshelf.layout.probes import probe_key
from keyshelf.settings import Settings
from keyshelf.settings.table_regions import replica_prefix
from keyshelf.settings.values import ROLES
from keyshelf.store.base import Attributes, Condition, ObjectStore, PutOptions
from keyshelf.store.opening import StoreOptions, open_store

_CONTENT = b"keyshelf doctor: this object may be deleted\n"
_FOR_PROGRAMS_ONLY = {"repository"}
# Signs nothing that anybody could use: local stores are not asked by URL here.
_NO_SECRET = b"keyshelf doctor signs nothing"


class LyingStoreError(IntegrityError):
    """A store does not give back what was just written to it. Do not use it."""

    code = "store-lies"


async def check_stores(settings: Settings, *, probe_id: UUID, clock: Clock) -> AsyncIterator[Check]:
    """Write, read, list and delete one small object in each store, and ask as a browser would.

    A crash leaves that object behind, below `.keyshelf/doctor/`.
    """
    for role in ROLES:
        async for check in _check_store(settings, role, probe_id, clock):
            yield check
    try:
        replicas = replica_options(settings)
        regions_options(settings)
    except Error as error:
        yield failed("replicas", error.detail, fix="mend the settings of the replicas")
        return
    for name, options in replicas.items():
        yield await _check_replica(name, options)


async def _check_replica(name: str, options: StoreOptions) -> Check:
    what = f"replica {name}"
    try:
        store = await open_store(options)
        try:
            await store.check()
        finally:
            await store.aclose()
    except Error as error:
        rights = "read, write and list in {0}"
        fix = store_fixes.fix(error, replica_prefix(name), options.bucket, rights=rights)
        return failed(what, error.detail, fix=fix)
    return ok(what, f"{store.capabilities.kind}, {options.bucket}: listed")


async def _check_store(
    settings: Settings, role: str, probe_id: UUID, clock: Clock
) -> AsyncIterator[Check]:
    name, bucket = f"{role} store", bucket_of(settings, role)
    try:
        options = store_options(settings, role, _NO_SECRET)
        if not_made := _not_made_yet(name, bucket):
            yield not_made
            return
        store = await open_store(options)
    except Error as error:
        yield failed(name, error.detail, fix=store_fixes.fix(error, role.upper(), bucket))
        return
    try:
        await store.check()
        await _write_read_list_delete(store, probe_id)
        yield ok(name, f"{store.capabilities.kind}, {bucket}: written, read, listed and deleted")
        if not store.capabilities.is_local and role not in _FOR_PROGRAMS_ONLY:
            asked = browsers.Asked(
                role, bucket, settings.public_url, probe_key(probe_id), options.endpoint
            )
            async for check in browsers.check_signed_urls(store, asked, clock=clock):
                yield check
    except Error as error:
        yield failed(name, error.detail, fix=store_fixes.fix(error, role.upper(), bucket))
    finally:
        await store.aclose()


def _not_made_yet(name: str, bucket: str) -> Check | None:
    """Say whether the folder of a store can be made; None for a store that is there."""
    parts = urlsplit(bucket)
    folder = Path(unquote(parts.path))
    if parts.scheme != "file" or (there := nearest(folder)) == folder:
        return None
    if problem := why_not_writable(there):
        detail = f"{bucket} is not there and cannot be made ({there}: {problem})"
        return failed(name, detail, fix=f"let this account write to {there}")
    return ok(name, f"{bucket} is not there yet; `keyshelf up` makes it")


async def _write_read_list_delete(store: ObjectStore, probe_id: UUID) -> None:
    key = probe_key(probe_id)
    options = PutOptions(
        attributes=Attributes(content_type="text/plain"), condition=Condition.CREATE
    )
    await store.put(key, _CONTENT, options)
    try:
        async with await store.get(key) as reader:
            read = await reader.read()
        listed = [meta.key async for page in store.list(key) for meta in page.objects]
        if read != _CONTENT or listed != [key]:
            raise LyingStoreError("the store does not give back what was written to it")
    finally:
        await store.delete(key)
