"""Processes of one service on data folders of their own: with other secrets they do not start."""

from pathlib import Path

import pytest

from keyshelf import settings
from keyshelf.app.diagnosis import Check, diagnose
from keyshelf.app.same_secrets import OtherContentKeksError, compare
from keyshelf.database.pool import Database

pytestmark = [pytest.mark.anyio, pytest.mark.services]

ONE, OTHER = "01" * 32, "02" * 32
WEBHOOKS = "whsec_" + "A" * 43 + "="


def process(folder: Path, database: Database, **more: str) -> settings.Settings:
    """Return the settings of a process that has a data folder of its own."""
    return settings.load(
        {
            "XDG_CONFIG_HOME": str(folder),
            "KEYSHELF_DATA": str(folder),
            "DATABASE_URL": database.url,
            "KEYSHELF_SECRET": "the same",
            **more,
        }
    )


async def told(given: settings.Settings) -> Check:
    return next(
        each for each in [each async for each in diagnose(given)] if each.name == "shared secrets"
    )


async def test_a_process_that_makes_a_key_of_its_own_is_told_and_does_not_start(
    database: Database, tmp_path: Path
) -> None:
    serve, worker = (process(tmp_path / name, database) for name in ("serve", "worker"))
    await compare(serve, database)
    await compare(serve, database)
    before = await told(worker)

    with pytest.raises(OtherContentKeksError, match=r"`v1`.*KEYSHELF_CONTENT_KEKS"):
        await compare(worker, database)

    assert (before.status, (await told(serve)).status) == ("failed", "ok")
    assert "KEYSHELF_CONTENT_KEKS" in (before.fix or "")
    assert (await told(worker)).status == "failed"


async def test_processes_that_are_given_their_secrets_start_and_keys_may_be_added(
    database: Database, tmp_path: Path
) -> None:
    same = {"KEYSHELF_CONTENT_KEKS": f"v1:{ONE}", "KEYSHELF_WEBHOOK_SECRET": WEBHOOKS}
    rotated = {**same, "KEYSHELF_CONTENT_KEKS": f"v2:{OTHER},v1:{ONE}"}
    await compare(process(tmp_path / "serve", database, **same), database)
    await compare(process(tmp_path / "worker", database, **same), database)
    await compare(process(tmp_path / "worker", database, **rotated), database)

    assert (await told(process(tmp_path / "serve", database, **rotated))).status == "ok"


async def test_another_signing_secret_is_told_and_does_not_hold_back_a_start(
    database: Database, tmp_path: Path
) -> None:
    same = {"KEYSHELF_CONTENT_KEKS": f"v1:{ONE}", "KEYSHELF_WEBHOOK_SECRET": WEBHOOKS}
    changed = process(tmp_path, database, **{**same, "KEYSHELF_SECRET": "another"})
    await compare(process(tmp_path, database, **same), database)
    before = await told(changed)

    await compare(changed, database)

    assert before.status == "warning"
    assert "KEYSHELF_SECRET" in before.detail
    assert (await told(changed)).status == "ok"
