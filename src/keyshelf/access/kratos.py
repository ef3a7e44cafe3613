"""The provider that asks Ory Kratos who holds a session."""

import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Literal, Protocol, Self

import anyio
import httpx2

from keyshelf.access import kratos_answers
from keyshelf.access.identity import ALL_SCOPES, BadCredentialError, Identity, identity_id
from keyshelf.access.kratos_answers import (
    KratosUnavailableError,
    Person,
    SecondFactorRequiredError,
)
from keyshelf.access.single_flight import SingleFlight
from keyshelf.digests import secret_digest
from keyshelf.errors import InvalidInputError
from keyshelf.layout.drive import OwnerId

_COOKIE_NAME = re.compile(r"(?:ory_session_|ory_kratos_session)[A-Za-z0-9_.-]*")
# RFC 6265 `cookie-octet`: nothing that could end the cookie or the header.
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")
_SESSION_TOKEN = re.compile(r"[\x21-\x7e]+")

_NOBODY = b"null"


class AnswerCache(Protocol):
    """Keeps small values for a while. Bounded; may forget; when it is away it is empty."""

    async def get(self, key: str) -> bytes | None:
        """Return the value of `key`, or None when there is none or its time is over."""
        ...

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None:
        """Keep `value` for `ttl`."""
        ...


@dataclass(frozen=True, slots=True)
class KratosOptions:
    """Where Kratos is and who administers."""

    url: str
    """The public API of Kratos, as this service reaches it."""
    login_url: str
    """Where a browser goes to sign in."""
    admin_ids: frozenset[str] = frozenset()
    """Identity ids of the administrators."""
    timeout: timedelta = timedelta(seconds=5)
    """Bound on one question, from connecting to the last byte."""
    cache_for: timedelta = timedelta(seconds=30)
    """How long an answer holds: a session that ends in Kratos may live on for so long."""
    max_connections: int = 20
    """Bound on connections to Kratos; questions above it wait within their timeout."""
    max_answer_bytes: int = 256 * 1024
    """A longer answer is refused."""

    def __post_init__(self) -> None:
        for each in (self.url, self.login_url):
            if not each.startswith(("http://", "https://")):
                raise InvalidInputError("the addresses of Kratos start with http:// or https://")


@dataclass(frozen=True, slots=True)
class _Proof:
    """The one header that is forwarded."""

    header: Literal["Cookie", "X-Session-Token"]
    value: str

    @property
    def digest(self) -> bytes:
        return secret_digest(f"{self.header}: {self.value}")


class KratosProvider:
    """Identities of Kratos sessions. Use as `async with`; leaving closes its connections.

    Fails closed: unless Kratos says who it is, or that it is nobody, the answer is
    `KratosUnavailableError`.
    """

    name: Literal["kratos"] = "kratos"

    def __init__(self, options: KratosOptions, *, cache: AnswerCache) -> None:
        self._options = options
        self._cache = cache
        self._flights = SingleFlight[Person | None]()
        self._closing = AsyncExitStack()
        self._http = httpx2.AsyncClient(
            timeout=options.timeout.total_seconds(),
            limits=httpx2.Limits(max_connections=options.max_connections),
            follow_redirects=False,
            trust_env=False,
            # One client serves everybody: a cookie kept from one answer would go
            # along with the next person's question.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )

    async def __aenter__(self) -> Self:
        await self._closing.enter_async_context(self._http)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._closing.aclose()

    @property
    def login_url(self) -> str:
        """Where a browser goes to sign in."""
        return self._options.login_url

    def is_admin(self, owner: OwnerId) -> bool:
        """Whether `owner` is an administrator."""
        return owner in self._options.admin_ids

    async def from_cookies(self, cookies: Mapping[str, str]) -> Identity | None:
        """Return who holds the first Kratos cookie, or None for nobody.

        Raises `KratosUnavailableError` and `SecondFactorRequiredError`.
        """
        pair = next((each for each in cookies.items() if _COOKIE_NAME.fullmatch(each[0])), None)
        if pair is None or not _COOKIE_VALUE.fullmatch(pair[1]):
            return None
        proof = _Proof("Cookie", "=".join(pair))
        return await self._identity(proof, csrf_binding=proof.digest)

    async def from_token(self, token: str, *, client: str) -> Identity:  # noqa: ARG002 -- Kratos tokens cannot be guessed
        """Return who holds a Kratos session token.

        Raises as `from_cookies`, and `BadCredentialError` when it is nobody's.
        """
        if not _SESSION_TOKEN.fullmatch(token):
            raise BadCredentialError("the session token has characters that no token has")
        identity = await self._identity(_Proof("X-Session-Token", token), csrf_binding=None)
        if identity is None:
            raise BadCredentialError("the session token is unknown or has expired")
        return identity

    async def _identity(self, proof: _Proof, *, csrf_binding: bytes | None) -> Identity | None:
        key = f"kratos:1:{proof.digest.hex()}"
        person = await self._flights.run(key, lambda: self._cached_or_asked(key, proof))
        if person is None:
            return None
        owner = identity_id(person.id)
        return Identity(
            id=owner,
            name=person.name,
            email=person.email,
            is_admin=self.is_admin(owner),
            scopes=ALL_SCOPES,
            credential="kratos",
            csrf_binding=csrf_binding,
        )

    async def _cached_or_asked(self, key: str, proof: _Proof) -> Person | None:
        cached = await self._cache.get(key)
        if cached is not None:
            return kratos_answers.read_cached(cached)
        person = await self._ask(proof)
        # A demand for a second factor is not kept: giving it changes the answer at
        # once, under the same token. Nor is an outage.
        answer = _NOBODY if person is None else person.to_json()
        await self._cache.put(key, answer, ttl=self._options.cache_for)
        return person

    async def _ask(self, proof: _Proof) -> Person | None:
        status, body = await self._whoami(proof)
        match status:
            case 200:
                return kratos_answers.read_session(body)
            case 401:
                return None
            case 403:
                target = kratos_answers.read_redirect(body) or self._second_factor_url()
                raise SecondFactorRequiredError("give your second factor", redirect_to=target)
            case _:
                raise KratosUnavailableError(f"the identity provider answered with status {status}")

    async def _whoami(self, proof: _Proof) -> tuple[int, bytes]:
        url = f"{self._options.url.rstrip('/')}/sessions/whoami"
        headers = {proof.header: proof.value, "Accept": "application/json"}
        try:
            with anyio.fail_after(self._options.timeout.total_seconds()):
                async with self._http.stream("GET", url, headers=headers) as response:
                    return response.status_code, await self._bounded_body(response)
        except (httpx2.HTTPError, TimeoutError) as error:
            raise KratosUnavailableError("the identity provider does not answer") from error

    async def _bounded_body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._options.max_answer_bytes:
                raise KratosUnavailableError("the identity provider's answer is too long")
        return bytes(body)

    def _second_factor_url(self) -> str:
        url = httpx2.URL(self._options.login_url)
        return str(url.copy_set_param("aal", "aal2"))
