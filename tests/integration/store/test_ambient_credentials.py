"""A store without keys of its own signs with this machine's credentials, as they are renewed.

The machine's credentials come from what stands in for a company's own program: the
configuration names a `credential_process`, and the AWS client library runs it.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import ObjectStore
from keyshelf.store.errors import StoreForbiddenError
from keyshelf.store.opening import StoreOptions, open_store
from tests.patience import PATIENCE
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, S3Server

pytestmark = pytest.mark.anyio

KEY = ObjectKey("anna/my-files/Größe 50%.txt")
SOON, LATER = timedelta(minutes=1), timedelta(hours=1)
"""Credentials that end soon are renewed at every look; others last for a test."""

_PROCESS = """
import json, sys
from pathlib import Path
left = Path(sys.argv[1])
answers = json.loads(left.read_text())
left.write_text(json.dumps(answers[1:] or answers))
print(json.dumps(answers[0]))
"""

Give = Callable[[Sequence[Mapping[str, object]]], None]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Settings of the AWS client library that know nothing but this test's."""
    config = tmp_path / "config"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return config


@pytest.fixture
def give(machine: Path) -> Give:
    """Let the machine's program give these credentials one after another, the last for ever."""
    program, answers = machine.with_name("program.py"), machine.with_name("answers.json")
    program.write_text(_PROCESS)
    machine.write_text(f"[default]\ncredential_process = {sys.executable} {program} {answers}\n")

    def give(given: Sequence[Mapping[str, object]]) -> None:
        answers.write_text(json.dumps(given))

    return give


def credentials(
    access_key: str, secret_key: str, *, lasts: timedelta, token: str | None = None
) -> Mapping[str, object]:
    return {
        "Version": 1,
        "AccessKeyId": access_key,
        "SecretAccessKey": secret_key,
        "Expiration": (datetime.now(UTC) + lasts).isoformat(),
        **({"SessionToken": token} if token else {}),
    }


def without_keys(options: StoreOptions) -> StoreOptions:
    return replace(options, access_key=None, secret_key=None)


async def round_trip(store: ObjectStore) -> None:
    """Write, read and list by our own requests, and read and write by signed URLs."""
    await store.put(KEY, b"by ourselves")
    async with await store.get(KEY) as reader:
        assert await reader.read() == b"by ourselves"
    put, get = await store.presign("PUT", KEY), await store.presign("GET", KEY)
    httpx2.put(put.url, content=b"by URL", headers=put.headers, timeout=PATIENCE).raise_for_status()
    assert httpx2.get(get.url, timeout=PATIENCE).content == b"by URL"
    assert [meta.key async for page in store.list("") for meta in page.objects] == [KEY]


async def test_credentials_of_the_environment_are_used(
    machine: Path, monkeypatch: pytest.MonkeyPatch, versitygw_server: S3Server
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)

    store = await open_store(without_keys(versitygw_server.new_bucket()))

    await round_trip(store)
    await store.aclose()


async def test_credentials_of_the_shared_file_are_used(
    machine: Path, versitygw_server: S3Server
) -> None:
    machine.with_name("credentials").write_text(
        f"[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
    )

    store = await open_store(without_keys(versitygw_server.new_bucket()))

    await round_trip(store)
    await store.aclose()


async def test_keys_that_are_renewed_are_signed_with(
    give: Give, versitygw_server: S3Server
) -> None:
    give([credentials("AKIDSTRANGER", "unknown-there", lasts=SOON)])
    store = await open_store(without_keys(versitygw_server.new_bucket()))
    with pytest.raises(StoreForbiddenError):
        await store.check()

    give([credentials(ACCESS_KEY, SECRET_KEY, lasts=LATER)])

    await round_trip(store)
    await store.aclose()


async def test_a_session_token_is_signed_and_renewed(
    give: Give, strict_s3_server: S3Server
) -> None:
    keys = strict_s3_server.access_key, strict_s3_server.secret_key
    give([credentials(*keys, lasts=SOON, token=f"token/+{number}") for number in range(99)])
    store = await open_store(without_keys(strict_s3_server.new_bucket()))

    await round_trip(store)
    urls = [(await store.presign("GET", KEY)).url for _ in range(2)]

    tokens = [httpx2.URL(url).params["X-Amz-Security-Token"] for url in urls]
    assert tokens[0].startswith("token/+")
    assert tokens[0] != tokens[1]
    assert [httpx2.get(url, timeout=PATIENCE).content for url in urls] == [b"by URL"] * 2
    await store.aclose()


async def test_a_machine_without_credentials_is_told(
    machine: Path, versitygw_server: S3Server
) -> None:
    store = await open_store(without_keys(versitygw_server.new_bucket()))

    with pytest.raises(StoreForbiddenError, match="no access key is configured"):
        await store.check()
    await store.aclose()
