"""Counts what the repository store holds: chunks that are shared, and what has no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from keyshelf.layout.repository import PROXIES, RepositoryId, parse_proxy_key, proxies_prefix
from keyshelf.operations.stats.queries import RepositoryRow, Sampled
from keyshelf.operations.stats.values import (
    REPOSITORY,
    SMALL,
    Amount,
    Kind,
    RepositoryStats,
    Stored,
)
from keyshelf.store.base import ObjectStore

SAMPLE_ROWS = 250_000
"""Up to so many rows of chunks are looked at; of more, a sample of about so many."""
_ABOVE_ALL = b"\xff" * 33  # ids have 32 bytes
_MANIFEST_BYTES = 200
"""What a manifest takes, or so: it is a root, with a message, an author and parents."""
_METADATA_OBJECTS = 3
"""The document, the statistics and the Bloom filter of a repository."""
_METADATA_BYTES, _FILTER_BYTES_A_CHUNK = 800, 1.32


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies of a repository."""

    amount: Amount = field(default_factory=Amount)
    is_estimate: bool = False


def sample_bound(rows: int) -> bytes:
    """Return below which id about `SAMPLE_ROWS` of so many rows are, all of them if less."""
    if rows <= SAMPLE_ROWS:
        return _ABOVE_ALL
    return (2**32 * SAMPLE_ROWS // rows).to_bytes(4, "big")


def repository_stored(
    rows: Sequence[RepositoryRow], samples: Mapping[int, Sampled], proxies: Mapping[UUID, Proxies]
) -> tuple[Sequence[Stored], Sequence[RepositoryStats]]:
    """Return what the repository store holds by tenant, and each repository's share of it."""
    is_sampled = sum(row.chunks for row in rows) > SAMPLE_ROWS
    amounts: dict[tuple[str, Kind], Amount] = {}
    estimates = {Kind.MANIFEST, Kind.METADATA, *([Kind.CHUNK] if is_sampled else [])}
    stats: list[RepositoryStats] = []
    for row in rows:
        made = proxies.get(row.id, Proxies())
        if made.is_estimate:
            estimates.add(Kind.PROXY)
        own = _own(row, samples.get(row.number), made.amount)
        for kind, amount in own.items():
            place = (row.tenant, kind)
            amounts[place] = amounts.get(place, Amount()) + amount
        stats.append(_stats(row, sum(amount.bytes for amount in own.values())))
    stored = [
        Stored(
            store=REPOSITORY,
            kind=kind,
            tenant=tenant,
            amount=amount,
            is_estimate=kind in estimates,
        )
        for (tenant, kind), amount in amounts.items()
        if amount.objects
    ]
    return stored, stats


def _own(row: RepositoryRow, sampled: Sampled | None, proxies: Amount) -> Mapping[Kind, Amount]:
    manifests = row.manifests * _MANIFEST_BYTES
    metadata = _METADATA_BYTES + round(row.chunks * _FILTER_BYTES_A_CHUNK)
    return {
        Kind.CHUNK: _chunks(row, sampled),
        Kind.MANIFEST: Amount(row.manifests, manifests, row.manifests, manifests),
        Kind.METADATA: Amount(_METADATA_OBJECTS, metadata, _METADATA_OBJECTS - 1, _METADATA_BYTES),
        Kind.PROXY: proxies,
    }


def _chunks(row: RepositoryRow, sampled: Sampled | None) -> Amount:
    """Return a repository's share of the chunks, as the sample tells it of its own sums."""
    if sampled is None or not sampled.rows or not sampled.bytes:
        return Amount(row.chunks, row.stored_bytes)
    by_rows, by_bytes = row.chunks / sampled.rows, row.stored_bytes / sampled.bytes
    objects, total = round(sampled.shared_rows * by_rows), round(sampled.shared_bytes * by_bytes)
    return Amount(
        objects,
        total,
        min(objects, round(sampled.small_rows * by_rows)),
        min(total, round(sampled.small_bytes * by_bytes)),
    )


def _stats(row: RepositoryRow, storage_bytes: int) -> RepositoryStats:
    return RepositoryStats(
        repository=row.id,
        name=row.name,
        tenant=row.tenant,
        commits=row.commits,
        chunks=row.chunks,
        logical_bytes=row.logical_bytes,
        chunk_bytes=row.chunk_bytes,
        stored_bytes=row.stored_bytes,
        storage_bytes=storage_bytes,
    )


async def count_proxies(store: ObjectStore) -> Mapping[UUID, Proxies]:
    """Count the proxies of each repository, asking for one page of each.

    They have no rows. Where there are more than a page, the assets' hashes tell which part
    of all that page is: hashes lie evenly.
    """
    repositories = [
        UUID(prefix.removeprefix(PROXIES).strip("/"))
        async for page in store.list(PROXIES, delimiter="/")
        for prefix in page.prefixes
        if _is_id(prefix.removeprefix(PROXIES).strip("/"))
    ]
    return {each: await _count(store, each) for each in repositories}


async def _count(store: ObjectStore, repository: UUID) -> Proxies:
    pages = 0
    first: list[tuple[str, int]] = []
    async for page in store.list(proxies_prefix(RepositoryId(repository))):
        pages += 1
        if pages > 1:
            break
        parsed = ((parse_proxy_key(each.key), each.size) for each in page.objects)
        first = [(key.asset, size) for key, size in parsed if key is not None]
    amount = _amount([size for _, size in first])
    if pages < 2 or not first:
        return Proxies(amount)
    seen = (int(first[-1][0][:8], 16) + 1) / 2**32
    return Proxies(
        Amount(
            round(amount.objects / seen),
            round(amount.bytes / seen),
            round(amount.small_objects / seen),
            round(amount.small_bytes / seen),
        ),
        is_estimate=True,
    )


def _amount(sizes: Sequence[int]) -> Amount:
    small = [size for size in sizes if size < SMALL]
    return Amount(len(sizes), sum(sizes), len(small), sum(small))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
