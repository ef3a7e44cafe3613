import os, time
import pytest
from tests.integration.repositories.test_interleavings import explore, explore_one_chunk
from tests.integration.repositories.shelf import Shelf
pytestmark = pytest.mark.anyio

def mutate(monkeypatch, what):
    from keyshelf.repositories.gc import queries
    from keyshelf.repositories.gc.marking import Marks
    from keyshelf.repositories.deleting import queries as dq
    from keyshelf.repositories.chunks import reservations
    from keyshelf.repositories.pushes import queries as pq
    from dataclasses import replace
    if what == "epoch":
        real = queries._horizon
        monkeypatch.setattr(queries, "_horizon", lambda *a: replace(real(*a), oldest=2**62))
    elif what == "generation":
        async def hold(self, tx, horizon, *reaches):
            return None
        monkeypatch.setattr(Marks, "hold", hold)
    elif what == "note":
        async def note(tx, keys, *, now):
            await tx.execute("INSERT INTO repository_deletions (key, noted_at) SELECT key, %(now)s FROM unnest(%(keys)s::text[]) AS key ON CONFLICT DO NOTHING", {"keys": sorted(set(keys)), "now": now})
        monkeypatch.setattr(dq, "note", note)
        from tests.integration.repositories import test_interleavings as ti
        monkeypatch.setattr(ti, "note", note)
    elif what == "reserve":
        async def reserve(parts, number, push, keys):
            reservation, now = parts.new_id(), parts.clock()
            async with parts.database.transaction() as tx:
                await pq.extend(tx, number, push, now=now, until=now + parts.options.push_life)
                await pq.reserve(tx, number, reservation=reservation, push=push, keys=keys, now=now)
                await dq.withdraw(tx, keys)
            return reservation
        from keyshelf.repositories.direct import push as dp
        monkeypatch.setattr(dp, "reserve", reserve)
    elif what == "lock":
        async def reserve(parts, number, push, keys):
            reservation, now = parts.new_id(), parts.clock()
            async with parts.database.transaction() as tx:
                await pq.extend(tx, number, push, now=now, until=now + parts.options.push_life)
                await pq.reserve(tx, number, reservation=reservation, push=push, keys=keys, now=now)
            return reservation
        from keyshelf.repositories.direct import push as dp
        monkeypatch.setattr(dp, "reserve", reserve)

async def test_local(shelf: Shelf, monkeypatch):
    mutate(monkeypatch, os.environ.get("MUT", ""))
    first, n = int(os.environ.get("FIRST", "0")), int(os.environ.get("N", "100"))
    steps = 0
    for seed in range(first, first + n):
        try:
            if os.environ.get("ONE"):
                await explore_one_chunk(shelf, seed)
            else:
                steps += await explore(shelf, seed)
        except BaseException:
            print("SEED", seed)
            raise
    print("steps", steps)
