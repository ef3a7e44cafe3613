"""What pushes that break off must leave, and what the next one does then."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.carrier import Carrier
from keyshelf.repositories.check.service import check
from keyshelf.repositories.values import RefMovedError
from tests.integration.remote.machine import MAIN, Machine
from tests.integration.repositories.shelf import tree_of


@dataclass
class Pushed:
    """A folder that is committed again and again, after a first commit of it."""

    machine: Machine
    carrier: Carrier
    folder: Path
    first: CommitHash

    @classmethod
    async def first_of(cls, machine: Machine, name: str, folder: Path) -> "Pushed":
        carrier = await machine.create(name)
        lay_out(folder, {"takes/one.mov": b"the first"})
        made = await machine.commit(carrier, folder)
        return cls(machine, carrier, folder, made.hash)

    async def is_moved(self, after: Mapping[str, bytes]) -> bool:
        """See that the branch is as before or as after, all of it there, and say which."""
        found = await self.carrier.ref(MAIN)
        assert found is not None
        if found != self.first:
            assert await tree_of(self.carrier, found) == after
        assert (await check(self.carrier, read_data=True)).is_clean
        return found != self.first

    async def goes_on(self, after: Mapping[str, bytes]) -> None:
        """See that the next push ends well, and take it back."""
        try:
            made = await self.machine.commit(self.carrier, self.folder)
        except RefMovedError:
            # The last that a client sent before it died was done only now.
            assert await self.carrier.ref(MAIN) != self.first
            made = await self.machine.commit(self.carrier, self.folder)
        assert await tree_of(self.carrier, made.hash) == after
        assert (await check(self.carrier)).is_clean
        await self.carrier.move_ref(MAIN, expected=made.hash, to=self.first)


def lay_out(folder: Path, tree: Mapping[str, bytes]) -> Mapping[str, bytes]:
    for path, content in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return tree
