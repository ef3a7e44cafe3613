"""What Redis's errors mean to us."""

from collections.abc import Generator
from contextlib import contextmanager

from limits.errors import StorageError
from redis.exceptions import RedisError

from keyshelf.errors import UnavailableError


class RedisUnavailableError(UnavailableError):
    """Redis does not answer. Retry later, unchanged."""

    code = "redis-unavailable"


@contextmanager
def translated() -> Generator[None]:
    """Raise the errors of Redis and its clients as ours, with theirs as the cause."""
    try:
        yield
    except (RedisError, StorageError, TimeoutError, OSError) as error:
        raise RedisUnavailableError(f"Redis does not answer: {error}") from error
