"""Nobody reaches what is another's by any command, with a token of theirs or on their machine."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from keyshelf.cli.program import app
from tests.api.isolation.belongings import Belongings, Person
from tests.cli import conftest
from tests.cli.conftest import Keyshelf
from tests.served import Served

pytestmark = pytest.mark.services

keyshelf = conftest.keyshelf
"""The fixture that runs a command."""

NOT_FOUND, NOT_ALLOWED, SOME_FAILED = 3, 4, 6

REACHING = {
    "get": "get {file} got",
    "ls": "ls {folder}",
    "mv": "mv {file} /taken.png",
    "cp": "cp {file} /taken.png",
    "put": "put own.txt {folder}/own.txt",
    "rm": "rm {file} --yes",
    "restore": "restore {file_id}",
    "repo show": "repo show {repository_id}",
    "repo stats": "repo stats {repository_id}",
    "repo rename": "repo rename {repository_id} taken",
    "repo proxies": "repo proxies -R {repository_id} main",
    "repo key list": "repo key list {repository_id}",
    "repo key add": "repo key add {repository_id} --label mine",
    "repo key remove": "repo key remove {repository_id} {token_id}",
    "commit": "commit own -R {repository_id} -m mine",
    "log": "log -R {repository_id}",
    "diff": "diff -R {repository_id} main main",
    "checkout": "checkout -R {repository_id} main checked-out",
    "branch": "branch -R {repository_id}",
    "tag": "tag -R {repository_id}",
    "cat": "cat -R {repository_id} main a.txt",
    "gc": "gc -R {repository_id}",
    "check": "check -R {repository_id}",
    "media make": "media make image:thumbnail {file} --hash {hash}",
    "media inspect": "media inspect {file}",
    "media show": "media show {hash}",
    "media delete": "media delete {hash} --yes",
    "jobs show": "jobs show {job_id}",
    "jobs watch": "jobs watch {job_id}",
    "jobs log": "jobs log {job_id}",
    "jobs pause": "jobs pause {job_id}",
    "jobs resume": "jobs resume {job_id}",
    "jobs cancel": "jobs cancel {job_id}",
    "jobs retry": "jobs retry {job_id}",
    "token playback": "token playback {hash}",
    "token create": "token create mine --scope drive:read",
    "token list": "token list",
    "token revoke": "token revoke {token_id} --yes",
}
"""Commands that name something of somebody's, or what only a person signed in may do."""

OWN = {
    "trash list": "trash list",
    "trash empty": "trash empty --yes",
    "repo create": "repo create {name}",
    "repo list": "repo list",
    "jobs list": "jobs list",
}
"""Commands that show or change what the caller has."""

OF_ADMINISTRATORS = {
    "backfill": "backfill",
    "keys rotate": "keys rotate",
}

ON_THIS_MACHINE = {
    *("up", "serve", "worker", "config", "doctor", "rebuild", "cost", "capacity"),
    *("backup", "bucket", "recover", "report", "restore-plan"),
    *("encryption", "lifecycle", "logging", "replication", "versioning"),
}
"""Commands, and first words of commands, that ask no service: they reach what this machine's
settings name, which is a tenant's own."""


def _commands(group: typer.Typer, above: str = "") -> set[str]:
    own = {
        f"{above}{each.name or each.callback.__name__}"
        for each in group.registered_commands
        if each.callback
    }
    below = [
        _commands(each.typer_instance, f"{above}{each.name} ")
        for each in group.registered_groups
        if each.typer_instance
    ]
    return own.union(*below)


def test_every_command_is_classified() -> None:
    named = {*REACHING, *OWN, *OF_ADMINISTRATORS}
    found = _commands(app)
    others = {each for each in found - named if each.split()[0] not in ON_THIS_MACHINE}

    assert others == set(), "say in this module what a stranger gets"
    assert named - found == set()


@pytest.fixture
def environment(
    acme: Served, rival: Served, request: pytest.FixtureRequest, tmp_path: Path
) -> Mapping[str, str]:
    """The settings of Ben's program at Anna's service, or of Rita's at the other tenant's."""
    name = getattr(request, "param", "ben")
    served = acme if name == "ben" else rival
    stranger: Person = request.getfixturevalue(name)
    return {**served.environment(tmp_path / "home"), "KEYSHELF_TOKEN": stranger.token}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with something to send and to commit."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.txt").write_text("mine\n")
    (tmp_path / "own.txt").write_text("mine\n")
    return tmp_path


def spelled(template: str, belongings: Belongings) -> list[str]:
    """Return the arguments of a command, filled with what is Anna's."""
    folder = "/heirloom folder"
    named = {**belongings.has, "folder": folder, "file": f"{folder}/heirloom.png", "name": "mine-2"}
    return [each.format(**named) for each in template.split()]


strangers = pytest.mark.parametrize("environment", ["ben", "rita"], indirect=True)


@strangers
@pytest.mark.parametrize("command", sorted(REACHING | OF_ADMINISTRATORS))
def test_what_is_anothers_is_not_there(
    command: str, keyshelf: Keyshelf, belongings: Belongings, here: Path
) -> None:
    before = set(here.rglob("*"))
    ran = keyshelf(*spelled((REACHING | OF_ADMINISTRATORS)[command], belongings))

    assert ran.code in {NOT_FOUND, NOT_ALLOWED, SOME_FAILED}, (ran.out, ran.err)
    assert ran.out == ""
    new = {each for each in here.rglob("*") if each.is_file()} - before
    assert not [each for each in new if "home" not in each.relative_to(here).parts]


@strangers
@pytest.mark.parametrize("command", sorted(OWN))
def test_what_is_shown_is_the_callers_own(
    command: str, keyshelf: Keyshelf, belongings: Belongings
) -> None:
    ran = keyshelf(*spelled(OWN[command], belongings))

    assert ran.code == 0, ran.err
    assert not [each for each in belongings.markers if each in ran.out + ran.err]


@pytest.mark.parametrize("command", ["log", "check", "checkout", "repo show", "commit"])
def test_the_machine_of_a_tenant_has_its_own_repositories(
    command: str, keyshelf: Keyshelf, belongings: Belongings, rival: Served, here: Path
) -> None:
    own = {**rival.service.settings.values, "KEYSHELF_URL": "", "KEYSHELF_TOKEN": ""}
    for name in ("heirloom-repository", belongings.has["repository_id"]):
        named = REACHING[command].replace("{repository_id}", name)

        assert keyshelf(*spelled(named, belongings), **own).code == NOT_FOUND
    assert not (here / "checked-out").exists()
