"""How many extra requests a share of all requests allows."""


class Budget:
    """Each request earns a part of an extra one: a repetition, or a second try elsewhere.

    Without a bound, requests that are repeated because a store is overloaded are what
    keeps it so.
    """

    def __init__(self, *, share: float, burst: int) -> None:
        self._share = share
        self._burst = burst
        self._saved = float(burst)

    def earn(self) -> None:
        """Count a request that was made once."""
        self._saved = min(self._saved + self._share, self._burst)

    def spend(self) -> bool:
        """Say whether one more request may be made, and count it."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True
