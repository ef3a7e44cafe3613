"""Where webhooks may go."""

import pytest

from keyshelf.media.work.addresses import check_url, is_public, shown
from keyshelf.media.work.failures import CallbackRefusedError

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.1", "198.18.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "2001:db8::1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1", "2001:0:7f00:1::", "::127.0.0.1",
        "fec0::1", "3fff::1", "5f00::1", "192.88.99.1", "::ffff:192.88.99.1", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        pytest.param(["127.0.0.1"], "http://localhost/", id="loopback"),
        pytest.param(["::1"], "http://ip6-localhost/", id="loopback-6"),
        pytest.param(["169.254.169.254"], "http://metadata/", id="link-local"),
        pytest.param(["::ffff:10.0.0.1"], "http://mapped/", id="mapped"),
        pytest.param(["1.1.1.1", "10.0.0.1"], "http://both/", id="one-of-two"),
        pytest.param([], "http://nowhere/", id="none"),
    ],
)
async def test_a_name_that_leads_inside_is_refused(addresses: list[str], url: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    with pytest.raises(CallbackRefusedError):
        await check_url(url, resolve=resolve, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "http:///x", "example.com", "http://", "http://a:b@example.com/",
        "http://example.com:99999/", "http://example.com:0/", "http://[::1", "http://exa mple.com/",
        "http://example.com/\r\nX: y", "file:///etc/passwd", "http://bücher.example/",
        "http://example.com/" + "x" * 2000,
    ],
    ids=lambda url: url[:24].encode().hex(),
)  # fmt: skip
async def test_what_is_no_address_is_refused(url: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["1.1.1.1"]

    with pytest.raises(CallbackRefusedError):
        await check_url(url, resolve=resolve, allow_private=True)


async def test_a_name_without_an_address_is_refused() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(CallbackRefusedError):
        await check_url("http://no-such-host.invalid/", resolve=resolve, allow_private=True)


async def test_addresses_are_taken_as_numbers_too() -> None:
    with pytest.raises(CallbackRefusedError):
        await check_url("http://2130706433/", resolve=_system, allow_private=False)
    with pytest.raises(CallbackRefusedError):
        await check_url("http://[::1]:80/", resolve=_system, allow_private=False)


async def _system(host: str, port: int) -> list[str]:
    # What the system makes of a number, without asking a name server.
    return ["127.0.0.1" if host == "2130706433" else host]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("https://example.com/hook/s3cret?key=1", "https://example.com/…", id="path"),
        pytest.param("https://example.com:8443/?key=1", "https://example.com:8443/…", id="query"),
        pytest.param("https://example.com", "https://example.com/", id="host"),
    ],
)
def test_of_a_url_only_the_host_is_shown(url: str, told: str) -> None:
    assert shown(url) == told
