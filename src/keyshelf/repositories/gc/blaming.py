"""Naming the branch or tag that leads to what cannot be read, which stops the collector."""

from collections.abc import Sequence

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories import references
from keyshelf.repositories.check.ledger import Ledger, ledger
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.references import BrokenHistoryError, Named
from keyshelf.repositories.values import Ref


async def blamed(reader: Reader, error: BrokenHistoryError) -> BrokenHistoryError:
    """Return an error that names the first branch or tag that leads to something broken.

    Walks what branches and tags lead to, until it comes to something that cannot be read.
    """
    seen = set[CommitHash]()
    with ledger() as pages:
        for ref in await reader.carrier.refs():
            found = await _broken(reader, ref, seen, pages)
            if found is not None:
                commit, broken = found
                kind, name = ref.name.kind.value, ref.name.name
                return BrokenHistoryError(
                    f"{broken.detail}; the {kind} {name} leads to it, by the commit {commit}:"
                    " delete or move that, or commit what is missing again",
                    **{**broken.extras, "commit": commit, "ref": name, "kind": kind},
                )
    return BrokenHistoryError(
        f"{error.detail}; no branch or tag leads to it: it goes when its grace is over",
        **error.extras,
    )


async def _broken(
    reader: Reader, ref: Ref, seen: set[CommitHash], pages: Ledger
) -> tuple[CommitHash, BrokenHistoryError] | None:
    """Return the first commit of a branch or tag, of those not seen, that cannot be read."""

    async def claim(named: Sequence[Named]) -> Sequence[Named]:
        return pages.claim(named)

    async def open_nodes(batch: Sequence[Named]) -> Sequence[Named]:
        return [each for _, named in await references.read_nodes(reader, batch) for each in named]

    waiting = [ref.commit]
    while waiting:
        commit = waiting.pop()
        if commit in seen:
            continue
        seen.add(commit)
        try:
            roots = await references.read_roots(reader, [commit])
            await references.walk(roots, claim=claim, open_nodes=open_nodes)
        except BrokenHistoryError as error:
            return commit, error
        waiting += (await reader.manifest(commit)).parents
    return None
