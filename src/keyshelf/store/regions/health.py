"""Whether a region answers; one that does not rests until a probe finds it well."""

import anyio

_FIRST_REST, _LONGEST_REST = 1.0, 60.0


class Health:
    """The health of one region. It begins well."""

    def __init__(self) -> None:
        self.is_well = True
        self._rests = 0
        self._unwell = anyio.Event()

    @property
    def rest_seconds(self) -> float:
        """How long to wait before the next probe: twice as long each time, up to a minute."""
        return min(_FIRST_REST * 2 ** max(0, self._rests - 1), _LONGEST_REST)

    def failed(self) -> None:
        """Let a region rest whose answer did not come or was a failure of its own.

        While it rests, reads that fail as well change nothing.
        """
        if self.is_well:
            self.is_well = False
            self._rests += 1
            self._unwell.set()

    def answered(self) -> None:
        """A read was answered: the region is well, and its next rest is short again."""
        self._rests = 0
        self._recover()

    def probed(self, *, is_well: bool) -> None:
        """Take in what a probe found.

        A region that answers probes and no reads rests longer and longer all the same.
        """
        if is_well:
            self._recover()
        elif self.is_well:
            self.failed()
        else:
            self._rests += 1

    async def unwell(self) -> None:
        """Wait until the region rests."""
        while self.is_well:
            await self._unwell.wait()

    def _recover(self) -> None:
        if not self.is_well:
            self.is_well = True
            self._unwell = anyio.Event()
