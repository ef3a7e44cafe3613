"""What reads teach of regions: kept for the next choice, and counted."""

from keyshelf.concurrency import together
from keyshelf.store.budget import Budget
from keyshelf.store.regions.metrics import RegionMetrics, RegionsMetrics
from keyshelf.store.regions.region import Region
from keyshelf.store.regions.values import RegionsOptions, Strategy

_HEDGE_BURST = 10


class Watch:
    """What all reads of one store share."""

    def __init__(self, options: RegionsOptions, metrics: RegionsMetrics, *, role: str) -> None:
        self._options = options
        self._metrics = metrics
        self._role = role
        self._shown = dict[Region, RegionMetrics]()
        self._hedges = Budget(share=options.hedged_share, burst=_HEDGE_BURST)
        self.now = options.timing.now
        self.wait = options.timing.wait
        self.patience = options.patience

    def late_after(self, region: Region) -> float | None:
        """Return after how many seconds a region is late; None when only silence counts."""
        late_after = region.latency.late_after
        is_hedged = self._options.strategy is not Strategy.PRIMARY_ONLY
        return late_after if is_hedged and late_after and late_after < self.patience else None

    def add(self, region: Region) -> None:
        """Show a region before it is asked."""
        self._shown[region] = RegionMetrics(self._metrics, role=self._role, region=region.name)
        self._show(region)

    def chose(self, region: Region) -> None:
        """A read begins here."""
        self._hedges.earn()
        region.asked_at = self.now()
        self._shown[region].chosen.inc()

    def hedged(self, region: Region) -> bool:
        """Say whether a region that is late is to be helped by another, and count it."""
        if not self._hedges.spend():
            return False
        self._shown[region].hedges.inc()
        return True

    def answered(self, region: Region, began: float) -> None:
        """A read that began then was answered."""
        self.found(region, began)
        self._shown[region].reads.inc()

    def found(self, region: Region, began: float) -> None:
        """A request that began then was answered: the object is there."""
        region.latency.observe(self.now() - began)
        region.latency.found(is_there=True)
        region.health.answered()
        self._show(region)

    def overtaken(self, region: Region, began: float) -> None:
        """Another region was faster; this one had had that long."""
        region.latency.at_least(self.now() - began)
        self._show(region)

    def missing(self, region: Region, began: float) -> None:
        """The object is not there."""
        region.latency.observe(self.now() - began)
        region.latency.found(is_there=False)
        region.health.answered()
        self._fell(region, "missing")

    def failed(self, region: Region) -> None:
        """The region cannot be reached, fails, or refuses us."""
        region.health.failed()
        self._fell(region, "failed")

    def silent(self, region: Region) -> None:
        """The region has not answered for as long as we are patient."""
        region.health.failed()
        self._fell(region, "silent")

    def damaged(self, region: Region) -> None:
        """The region has other bytes than it must."""
        self._fell(region, "damaged")

    def unusable(self, region: Region) -> None:
        """The rest of an object cannot come from here."""
        self._fell(region, "missing")

    def probed(self, region: Region, *, is_well: bool) -> None:
        """A probe of a region ended so."""
        region.health.probed(is_well=is_well)
        self._show(region)

    async def unwell_or_quiet(self, region: Region) -> None:
        """Wait until a region rests, or nothing was heard of it for a while."""
        async with together() as group:

            async def quiet() -> None:
                while (left := self._quiet_in(region)) > 0:
                    await self.wait(left)
                group.cancel_scope.cancel()

            group.start_soon(quiet)
            await region.health.unwell()
            group.cancel_scope.cancel()

    def _quiet_in(self, region: Region) -> float:
        heard_at = self.now() if region.heard_at is None else region.heard_at
        return heard_at + self._options.measured_for - self.now()

    def _fell(self, region: Region, reason: str) -> None:
        self._shown[region].fell(reason)
        self._show(region)

    def _show(self, region: Region) -> None:
        region.heard_at = self.now()
        self._shown[region].show(region)
