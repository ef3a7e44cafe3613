"""Which addresses webhooks may go to: those of the internet, and none inside our network."""

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import anyio

from keyshelf.media.work.failures import CallbackRefusedError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host; raises `OSError` when it has none."""

LONGEST_URL = 2000
_RESOLVE_SECONDS = 5.0
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_INSIDE = (
    ipaddress.ip_network("64:ff9b:1::/48"),  # RFC 8215: translation inside a network
    ipaddress.ip_network("fec0::/10"),  # RFC 3879: once for use inside a site
    ipaddress.ip_network("3fff::/20"),  # RFC 9637: for documents
    ipaddress.ip_network("5f00::/16"),  # RFC 9602: segments of routes inside a network
    ipaddress.ip_network("192.88.99.0/24"),  # RFC 7526: relays that nobody runs any more
)
"""Addresses that Python takes for the internet's, or did in some of its versions."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(text: str) -> bool:
    """Say whether an address is one of the internet, also where IPv6 wraps an IPv4 address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if address.teredo is not None:
            return False
        if inner is not None:
            address = inner
    if any(address in each for each in _INSIDE):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


async def permitted(
    host: str, port: int, *, resolve: Resolve, allow_private: bool
) -> Sequence[str]:
    """Return the addresses of a host, all of which may be connected to.

    One that may not is enough to refuse the host. Raises `CallbackRefusedError`.
    """
    try:
        with anyio.fail_after(_RESOLVE_SECONDS):
            addresses = await resolve(host, port)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise CallbackRefusedError(f"the host {host} has no address that is known here") from error
    if not addresses:
        raise CallbackRefusedError(f"the host {host} has no address that is known here")
    if not allow_private and not all(is_public(each) for each in addresses):
        raise CallbackRefusedError(
            f"the host {host} is not on the internet; KEYSHELF_WEBHOOK_ALLOW_PRIVATE allows it"
        )
    return addresses


async def check_url(url: str, *, resolve: Resolve, allow_private: bool) -> None:
    """Raise `CallbackRefusedError` unless webhooks may go to a URL, as things are now."""
    host, port = _parts(url)
    await permitted(host, port, resolve=resolve, allow_private=allow_private)


def shown(url: str) -> str:
    """Return a URL without what may be a secret: all that follows the host."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}/" + ("…" if split.path[1:] or split.query else "")


def _parts(url: str) -> tuple[str, int]:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise CallbackRefusedError(
            f"an address for callbacks has up to {LONGEST_URL} characters of ASCII, none a space"
        )
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError as error:
        raise CallbackRefusedError("this is not an address for callbacks") from error
    if split.scheme not in {"http", "https"} or not split.hostname or port == 0:
        raise CallbackRefusedError("an address for callbacks begins with http:// or https://")
    if split.username is not None or split.password is not None:
        raise CallbackRefusedError("an address for callbacks has no name and no password in it")
    return split.hostname, port or (443 if split.scheme == "https" else 80)
