"""Processes of one service on data folders of their own: with other secrets they do not start."""

from pathlib import Path
from uuid import uuid4

import pytest

from keyshelf import settings
from keyshelf.app.diagnosis import Check, diagnose
from keyshelf.app.same_secrets import OtherContentKeksError, compare
from keyshelf.database.pool import Database
from keyshelf.delivery import key_ring
from keyshelf.layout.media import media_hash
from keyshelf.media.keys.service import ContentKeys

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


async def told(given: settings.Settings, name: str = "shared secrets") -> Check:
    return next(each for each in [each async for each in diagnose(given)] if each.name == name)


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


async def test_the_fix_of_every_secret_that_is_another_is_told(
    database: Database, tmp_path: Path
) -> None:
    same = {"KEYSHELF_CONTENT_KEKS": f"v1:{ONE}", "KEYSHELF_WEBHOOK_SECRET": WEBHOOKS}
    await compare(process(tmp_path, database, **same), database)

    check = await told(
        process(tmp_path, database, KEYSHELF_CONTENT_KEKS=f"v1:{OTHER}", KEYSHELF_SECRET="another")
    )

    assert check.status == "failed"
    for name in ("KEYSHELF_SECRET", "KEYSHELF_CONTENT_KEKS", "KEYSHELF_WEBHOOK_SECRET"):
        assert name in check.detail
        assert name in (check.fix or "")


async def test_a_key_of_streams_that_is_not_set_is_told_with_how_many_it_opens(
    database: Database, tmp_path: Path
) -> None:
    secrets = {"KEYSHELF_WEBHOOK_SECRET": WEBHOOKS}
    keys = ContentKeys(database, key_ring.parse(f"v1:{ONE}"))
    async with database.transaction() as tx:
        await keys.of_encode(tx, media_hash("abcdef1234"), uuid4())
    whole = process(tmp_path, database, **secrets, KEYSHELF_CONTENT_KEKS=f"v2:{OTHER},v1:{ONE}")
    lacking = process(tmp_path, database, **secrets, KEYSHELF_CONTENT_KEKS=f"v2:{OTHER}")

    there = await told(whole, "keys of streams")
    lost = await told(lacking, "keys of streams")

    assert there.status == "ok"
    assert lost.status == "failed"
    assert "v1 (1 streams)" in lost.detail
    assert "keyshelf keys rotate" in (lost.fix or "")
