from datetime import timedelta

import pytest

from keyshelf.access.attempts import SignInAttempts
from keyshelf.access.authenticator import Authenticator
from keyshelf.access.local import LocalOptions, LocalProvider
from keyshelf.access.tokens import ApiTokens, TokenOptions
from keyshelf.coordination.limiter import RateLimit, RateLimiter
from keyshelf.database.pool import Database
from tests.integration.access.doubles import Clock

LOCAL_TOKEN = "the token of the administrator"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts() -> SignInAttempts:
    limit = RateLimit("sign-in", count=3, per=timedelta(days=365))
    return SignInAttempts(RateLimiter(None), limit=limit)


@pytest.fixture
def local(database: Database, clock: Clock, attempts: SignInAttempts) -> LocalProvider:
    return LocalProvider(database, LocalOptions(token=LOCAL_TOKEN), clock=clock, attempts=attempts)


@pytest.fixture
def tokens(database: Database, clock: Clock) -> ApiTokens:
    return ApiTokens(database, clock=clock, options=TokenOptions(max_per_owner=3))


@pytest.fixture
def authenticator(local: LocalProvider, tokens: ApiTokens) -> Authenticator:
    return Authenticator(local, tokens)
