"""Rules compared and applied on Google's XML API, as a strict fake of these calls plays it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from keyshelf.layout.keys import ObjectKey
from keyshelf.operations.classes import Cloud, StorageClass
from keyshelf.operations.rules import applying
from keyshelf.operations.rules.applying import (
    Bucket,
    EncryptionNotKeptError,
    RulesChangedError,
    RulesNotKeptError,
)
from keyshelf.operations.rules.values import LogTarget, ReplicationTarget, Tiers, Wanted
from keyshelf.store.control import BucketControl, RuleKind, RulesRefusedError
from keyshelf.store.errors import (
    BucketNotFoundError,
    StoreForbiddenError,
    StoreUnavailableError,
    UnsupportedError,
)
from keyshelf.store.opening import StoreOptions, open_control
from keyshelf.store.retrying import Retries
from tests.servers.gcs_rules import GoogleState, Rules, serving
from tests.servers.s3 import S3Server
from tests.servers.xml_signatures import FailureError

pytestmark = pytest.mark.anyio

PROBE = ObjectKey(".keyshelf/doctor/probe")
KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
LIFECYCLE = RuleKind.LIFECYCLE
WRITTEN = [each for each in RuleKind if each is not RuleKind.REPLICATION]
WANTED = Wanted(
    role="repository",
    cloud=Cloud.GCS,
    bucket="versions",
    tiered_prefix="v1/chunks/",
    replicated_prefixes={"ReplicateChunks": "v1/chunks/", "ReplicateManifests": "v1/manifests/"},
    tiers=Tiers({StorageClass.WARM: 30, StorageClass.COLD: 90}),
    kms_key=KEY,
    logs=LogTarget("access-logs", "repository/"),
)
THEIRS = (
    "<Rule><Action><Delete /></Action><Condition><Age>9</Age><IsLive>true</IsLive>"
    "<MatchesPrefix>a&amp;b/</MatchesPrefix><MatchesPrefix>tmp/</MatchesPrefix>"
    "<MatchesSuffix>.log</MatchesSuffix><CreatedBefore>2030-01-02</CreatedBefore>"
    "<NumberOfNewerVersions>3</NumberOfNewerVersions></Condition></Rule>"
)
NEWER = (
    "<Rule><Action><Delete /></Action><Condition><Age>400</Age>"
    "<MatchesPattern>^logs/[0-9]+ &lt;x&gt;$</MatchesPattern></Condition></Rule>"
)
"""A rule with a condition that Keyshelf does not know."""


@pytest.fixture
def google() -> Iterator[tuple[S3Server, GoogleState]]:
    with serving() as (server, state):
        server.new_bucket("versions")
        server.new_bucket("access-logs")
        yield server, state


@pytest.fixture
def server(google: tuple[S3Server, GoogleState]) -> S3Server:
    return google[0]


@pytest.fixture
def state(google: tuple[S3Server, GoogleState]) -> GoogleState:
    return google[1]


@pytest.fixture
def rules(state: GoogleState) -> Rules:
    return state.rules["versions"]


@pytest.fixture
def bucket(server: S3Server) -> Bucket:
    return Bucket(WANTED, control(server.options("versions")))


def control(options: StoreOptions) -> BucketControl:
    # Failures are told at once: a test waits for no repetition.
    found = open_control(replace(options, retries=Retries.never()))
    assert found is not None
    return found


async def applied(bucket: Bucket, kind: RuleKind = LIFECYCLE) -> applying.Comparison:
    seen = await applying.compare(bucket, kind)
    return await applying.apply(bucket, seen, probe=PROBE, waits=(0,))


def lifecycle(*found: str) -> str:
    return f"<LifecycleConfiguration>{''.join(found)}</LifecycleConfiguration>"


@pytest.mark.parametrize("kind", WRITTEN)
async def test_an_empty_bucket_lacks_rules_that_are_applied_and_then_the_same(
    bucket: Bucket, state: GoogleState, kind: RuleKind
) -> None:
    before = await applying.compare(bucket, kind)
    after = await applied(bucket, kind)

    assert (before.current, before.differs) == (None, True)
    assert after.changes == []
    assert after.current == applying.prepared(WANTED, kind).document
    assert (await applied(bucket, kind)).current == after.current
    assert state.written == 1


async def test_rules_are_written_in_googles_words(bucket: Bucket, rules: Rules) -> None:
    for kind in WRITTEN:
        await applied(bucket, kind)

    warm = "<Action><SetStorageClass>NEARLINE</SetStorageClass></Action>"
    where = "<Age>30</Age><MatchesPrefix>v1/chunks/</MatchesPrefix>"
    assert f"<Rule>{warm}<Condition>{where}</Condition></Rule>" in rules.documents["lifecycle"]
    assert rules.documents["versioning"].count("<Status>Enabled</Status>") == 1
    assert f"<DefaultKmsKeyName>{KEY}</DefaultKmsKeyName>" in rules.documents["encryptionConfig"]
    assert "<LogObjectPrefix>repository/</LogObjectPrefix>" in rules.documents["logging"]


async def test_rules_of_others_are_there_afterwards_word_for_word(
    bucket: Bucket, rules: Rules
) -> None:
    rules.also_known.add("MatchesPattern")
    rules.documents["lifecycle"] = lifecycle(NEWER, THEIRS)

    after = await applied(bucket)

    assert NEWER in rules.documents["lifecycle"]
    assert parts_of(THEIRS)[0] in parts_of(rules.documents["lifecycle"])
    assert len(after.kept) == 2
    assert any("is not known" in each and "MatchesPattern" in each for each in after.warnings)


def parts_of(xml: str) -> list[list[str]]:
    """Return what each rule in a document says, order aside."""
    rules = xml.removesuffix("</LifecycleConfiguration>").split("<Rule>")[1:]
    return [sorted(each.split("><")) for each in rules]


async def test_what_is_written_beside_what_is_known_stays(bucket: Bucket, rules: Rules) -> None:
    guard = "<Guard><Mode>Restricted</Mode></Guard>"
    rules.documents["encryptionConfig"] = (
        f"<EncryptionConfiguration>{guard}</EncryptionConfiguration>"
    )

    with pytest.raises(RulesRefusedError, match="Guard is not right"):  # the fake knows none
        await applied(bucket, RuleKind.ENCRYPTION)

    assert guard in rules.documents["encryptionConfig"]


async def test_a_rule_of_ours_with_other_days_is_changed(bucket: Bucket, rules: Rules) -> None:
    later = replace(WANTED, noncurrent_days=60, tiers=Tiers({StorageClass.WARM: 45}))
    await applied(Bucket(later, bucket.control))

    seen = await applying.compare(bucket, LIFECYCLE)
    await applied(bucket)

    told = {each.rule: (each.change.value, len(each.fields)) for each in seen.changes}
    assert told["TransitionToWarm"] == ("changed", 1)
    assert told["ExpireNoncurrentVersions"] == ("changed", 1)
    assert any("REPOSITORY_NONCURRENT_DAYS" in each for each in seen.warnings)
    assert "<Age>45</Age>" not in rules.documents["lifecycle"]


async def test_who_was_faster_is_not_overwritten(bucket: Bucket, rules: Rules) -> None:
    seen = await applying.compare(bucket, LIFECYCLE)
    rules.documents["lifecycle"] = lifecycle(THEIRS)

    with pytest.raises(RulesChangedError):
        await applying.apply(bucket, seen, probe=PROBE, waits=(0,))

    assert rules.documents["lifecycle"] == lifecycle(THEIRS)


@pytest.mark.parametrize("status", [409, 412])
async def test_a_server_that_sees_two_write_is_told_as_that(
    bucket: Bucket, rules: Rules, status: int
) -> None:
    rules.failures["PUT"] = FailureError(status, "Conflict")

    with pytest.raises(RulesChangedError):
        await applied(bucket)


@pytest.mark.parametrize(
    ("lost", "told"),
    [("<Age>30</Age>", "TransitionToWarm"), ("<MatchesSuffix>.log</MatchesSuffix>", "Delete")],
    ids=["ours", "theirs"],
)
async def test_a_server_that_loses_a_part_of_it_is_told(
    bucket: Bucket, rules: Rules, lost: str, told: str
) -> None:
    rules.documents["lifecycle"] = lifecycle(THEIRS)
    rules.keep = lambda document: document.replace(lost, "<Age>1</Age>" if "Age" in lost else "")

    with pytest.raises(RulesNotKeptError, match=told):
        await applied(bucket)


@pytest.mark.parametrize(
    ("method", "right"), [("GET", "storage.buckets.get"), ("PUT", "storage.buckets.update")]
)
async def test_keys_that_may_not_are_told_which_right_they_lack(
    bucket: Bucket, rules: Rules, method: str, right: str
) -> None:
    rules.failures[method] = FailureError(403, "AccessDenied")

    with pytest.raises(StoreForbiddenError, match=right):
        await applied(bucket)


async def test_a_server_in_trouble_and_a_bucket_that_is_not_there_are_told(
    server: S3Server, bucket: Bucket, rules: Rules
) -> None:
    rules.failures["GET"] = FailureError(503, "ServiceUnavailable")

    with pytest.raises(StoreUnavailableError):
        await applying.compare(bucket, LIFECYCLE)
    with pytest.raises(BucketNotFoundError):
        await control(server.options("no-such-bucket")).read(LIFECYCLE)
    with pytest.raises(StoreForbiddenError, match="secret key"):
        await control(server.with_secret("wrong").options("versions")).read(LIFECYCLE)


async def test_a_refusal_is_told_in_the_servers_words(bucket: Bucket) -> None:
    missing = replace(WANTED, logs=LogTarget("nowhere", ""))

    with pytest.raises(RulesRefusedError, match="no such log bucket"):
        await applied(replace(bucket, wanted=missing), RuleKind.LOGGING)


async def test_a_write_shows_how_it_was_encrypted_and_leaves_nothing(
    bucket: Bucket, state: GoogleState, rules: Rules
) -> None:
    await applied(bucket, RuleKind.ENCRYPTION)
    assert state.buckets["versions"].objects == {}

    rules.encrypts = False
    with pytest.raises(EncryptionNotKeptError, match="a key of Google's own"):
        await applying.check_encryption(bucket, PROBE)
    assert state.buckets["versions"].objects == {}


@pytest.mark.parametrize("kind", WRITTEN)
async def test_rules_can_be_taken_away(bucket: Bucket, kind: RuleKind) -> None:
    await applied(bucket, kind)
    assert bucket.control is not None

    await bucket.control.write(kind, None)

    found: Any = await bucket.control.read(kind)
    assert found == ({"versioning": {"enabled": False}} if kind is RuleKind.VERSIONING else None)


async def test_copies_are_left_to_storage_transfer(bucket: Bucket, state: GoogleState) -> None:
    asked = replace(bucket, wanted=replace(WANTED, replication=ReplicationTarget("copy")))

    with pytest.raises(
        UnsupportedError, match="gcloud transfer jobs create gs://versions gs://copy"
    ):
        await applying.compare(asked, RuleKind.REPLICATION)
    unasked = await applied(bucket, RuleKind.REPLICATION)

    assert (unasked.is_asked_for, unasked.differs, state.written) == (False, False, 0)
