"""Where a listing and the listing of its copy disagree."""

import re
from collections.abc import Sequence
from datetime import datetime

from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.repository import CHUNKS, MANIFESTS
from keyshelf.operations.reconcile.merging import Window
from keyshelf.operations.replicas.values import Difference, Kind
from keyshelf.store.base import MAX_SMALL_BYTES, ObjectMeta

_DIGEST = re.compile(r"[0-9a-f]{32}")
_NAMED_BY_CONTENT = (CHUNKS, MANIFESTS)


def differences(window: Window[ObjectMeta], *, before: datetime) -> Sequence[Difference]:
    """Return where the copies (`listed`) are not what the objects (`expected`) are.

    What was written at `before` or later is left out: it may be on its way.
    """
    copies = {each.key: each for each in window.listed}
    found: list[Difference] = []
    for source in window.expected:
        target = copies.pop(source.key, None)
        kind = Kind.MISSING if target is None else _kind(source, target)
        if kind is not None and source.modified_at < before:
            found.append(Difference(kind, source, target))
    found += [
        Difference(Kind.EXTRA, None, target)
        for target in copies.values()
        if target.modified_at < before
    ]
    return found


def is_doubtful(difference: Difference) -> bool:
    """Say whether only the bytes tell if a copy differs, and are few enough to be read.

    ETags that look like digests need not be any: not where a key of KMS encrypts.
    """
    source, target = difference.source, difference.target
    if source is None or target is None:
        return False
    return (
        source.size == target.size <= MAX_SMALL_BYTES
        and _DIGEST.fullmatch(source.etag) is not None
        and _DIGEST.fullmatch(target.etag) is not None
    )


def is_named_by_content(key: ObjectKey) -> bool:
    """Say whether all objects that ever have this key are the same."""
    return key.startswith(_NAMED_BY_CONTENT)


def _kind(source: ObjectMeta, target: ObjectMeta) -> Kind | None:
    """Return how a copy differs, by what listings tell; None when it does not."""
    by_content = is_named_by_content(source.key)
    # What is named by its content is never written again: an earlier one is no older one.
    is_older = target.modified_at < source.modified_at and not by_content
    if source.size != target.size:
        return Kind.OLDER if is_older else Kind.DIFFERENT
    if source.etag == target.etag:
        return None
    if is_older:
        return Kind.OLDER
    # Uploads in parts, keys of KMS and other clouds give equal bytes another ETag; a copy that
    # is not older than the object is one of it, then.
    difference = Difference(Kind.DIFFERENT, source, target)
    return Kind.DIFFERENT if is_doubtful(difference) else None
