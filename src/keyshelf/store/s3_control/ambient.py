"""Where this machine's credentials come from, which botocore knows better than we do.

Asked only when no keys are configured: environment, shared files, web identity,
container and instance roles, in botocore's own order.
"""

from typing import TYPE_CHECKING

from anyio import to_thread

from keyshelf.store.errors import StoreForbiddenError
from keyshelf.store.sigv4 import Credentials

if TYPE_CHECKING:
    from botocore.credentials import Credentials as BotoCredentials


class AmbientCredentials:
    """The credentials of this machine, renewed as they run out."""

    def __init__(self) -> None:
        self._found: BotoCredentials | None = None
        self._current: Credentials | None = None

    async def __call__(self) -> Credentials:
        """Return credentials that are valid now; the same object until they are renewed.

        Raises `StoreForbiddenError` when this machine has none.
        """
        fresh = await to_thread.run_sync(self._look)
        if fresh != self._current:
            self._current = fresh
        return self._current or fresh

    def _look(self) -> Credentials:
        # Imported when asked for: it takes a quarter of the time in which a service starts,
        # and most services are given keys, or have no bucket.
        import boto3  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        try:
            if self._found is None:
                self._found = boto3.Session().get_credentials()
            frozen = self._found.get_frozen_credentials() if self._found else None
        except BotoCoreError as error:
            raise StoreForbiddenError(f"this machine's credentials fail: {error}") from error
        if frozen is None or not frozen.access_key or not frozen.secret_key:
            raise StoreForbiddenError(
                "no access key is configured for this store and this machine has no credentials"
            )
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token)
