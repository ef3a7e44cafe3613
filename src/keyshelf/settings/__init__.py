"""What Keyshelf is told from outside: the only reader of the environment and of its files.

Each setting has one name, that of its environment variable. A TOML file may
hold the same names in lower case. The environment wins over the file, the file
over the default; secrets may come from a file named by `<NAME>_FILE`. Names that
nobody knows are errors, because a misspelt setting is one that silently does
nothing.
"""

import difflib
import os
import pwd
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from keyshelf.errors import InvalidInputError
from keyshelf.settings.checks import flag
from keyshelf.settings.table import SETTINGS
from keyshelf.settings.table_regions import REPLICAS, replica_ids, replica_settings
from keyshelf.settings.values import ROLES, Setting

_PARTS = ("S3_", "AZURE_", "GCS_", "TIER_", "REPLICATION_")
_PREFIXES = (
    "KEYSHELF_",
    *(f"{role.upper()}_{part}" for role in ROLES for part in _PARTS),
    "REPOSITORY_REPLICA_",
)
_NOT_OURS = ("KEYSHELF_TEST_",)


class InvalidSettingError(InvalidInputError):
    """A setting has a value that cannot be, or a name that nobody knows; the detail says which."""

    code = "invalid-setting"


class NoHomeError(InvalidInputError):
    """This user has no home folder, and a setting that would replace it is not set."""

    code = "no-home"


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as `keyshelf config` shows it; secrets are masked."""

    name: str
    value: str | None
    origin: str
    help: str


_BY_NAME = {each.name: each for each in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings as they were found, checked."""

    values: Mapping[str, str]
    origins: Mapping[str, str]
    table: Mapping[str, Setting] = field(default_factory=lambda: _BY_NAME)
    """Every setting by its name, those of the replicas that are named included."""

    def text(self, name: str) -> str | None:
        """Return a setting's text, its default, or None when there is neither."""
        return self.values.get(name) or self.table[name].default or None

    def required(self, name: str) -> str:
        """Return a setting's text; raises `InvalidSettingError` when there is none."""
        value = self.text(name)
        if value is None:
            raise InvalidSettingError(f"{name} must be set: {self.table[name].help}")
        return value

    def number(self, name: str) -> int:
        """Return a setting that is a whole number and has a default."""
        return int(self.required(name))

    def flag(self, name: str) -> bool | None:
        """Return a setting that is true or false, or None when unset."""
        value = self.text(name)
        return None if value is None else flag(value)

    @property
    def data_folder(self) -> Path:
        """The folder that everything embedded lives in. Raises `NoHomeError`."""
        named = Path(self.required("KEYSHELF_DATA"))
        if named.parts[:1] == ("~",):
            return _home("KEYSHELF_DATA").joinpath(*named.parts[1:])
        return named.expanduser().absolute()

    @property
    def state_folder(self) -> Path:
        """Where the command line keeps what it needs to resume. Raises `NoHomeError`."""
        return _xdg(os.environ, "XDG_STATE_HOME", ".local/state") / "keyshelf"

    @property
    def cache_folder(self) -> Path:
        """Where the command line keeps what only saves time. Raises `NoHomeError`."""
        return _xdg(os.environ, "XDG_CACHE_HOME", ".cache") / "keyshelf"

    @property
    def public_url(self) -> str:
        """Where browsers reach the service."""
        host = self.required("KEYSHELF_HOST")
        host = f"[{host}]" if ":" in host else host
        default = f"http://{host}:{self.required('KEYSHELF_PORT')}"
        return self.text("KEYSHELF_PUBLIC_URL") or default

    def shown(self) -> Sequence[ShownSetting]:
        """Return every setting with its value and where it came from."""
        return [self._shown(each) for each in self.table.values()]

    def _shown(self, setting: Setting) -> ShownSetting:
        value = self.text(setting.name)
        if setting.secret and value is not None:
            value = "********"
        origin = self.origins.get(setting.name, "default" if value is not None else "unset")
        return ShownSetting(setting.name, value, origin, setting.help)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment and the configuration file; what is empty is not set.

    Raises `InvalidSettingError` for an unknown name or a value that cannot be.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    file = _config_file(environment)
    content = {} if file is None else _content(file)
    table = _BY_NAME | _of_replicas(environment.get(REPLICAS) or content.get(REPLICAS.lower()))
    if file is not None:
        for name, value in _from_file(content, table, file).items():
            if value:
                values[name], origins[name] = value, str(file)
    for name, value in environment.items():
        if _is_ours(name, table):
            setting_name, text = _from_environment(name, value, table)
            if text:
                values[setting_name], origins[setting_name] = text, name
    for name, value in values.items():
        _check(table[name], value, origins[name])
    return Settings(values, origins, table)


def _of_replicas(named: object) -> dict[str, Setting]:
    try:
        ids = replica_ids(named) if isinstance(named, str) else ()
    except ValueError:
        # It is told by the check of that setting, with where it comes from.
        return {}
    return {setting.name: setting for each in ids for setting in replica_settings(each)}


def _is_ours(name: str, table: Mapping[str, Setting]) -> bool:
    return name.removesuffix("_FILE") in table or (
        name.startswith(_PREFIXES) and not name.startswith(_NOT_OURS)
    )


def _from_environment(name: str, value: str, table: Mapping[str, Setting]) -> tuple[str, str]:
    if name in table:
        return name, value
    base = name.removesuffix("_FILE")
    if name.endswith("_FILE") and base in table and table[base].secret:
        try:
            return base, Path(value).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSettingError(
                f"{name} names a file that cannot be read: {error}"
            ) from error
    raise InvalidSettingError(_unknown(name, "the environment", table))


def _unknown(name: str, origin: str, table: Mapping[str, Setting]) -> str:
    close = difflib.get_close_matches(name.upper(), table, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    if name.upper().startswith("REPOSITORY_REPLICA_"):
        hint += f" Replicas are named by {REPLICAS}."
    return f"nobody knows the setting {name} in {origin}{hint}"


def _config_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("KEYSHELF_CONFIG")
    if named:
        return Path(named).expanduser()
    places = [Path("/etc/keyshelf/config.toml")]
    with suppress(NoHomeError):
        places.insert(0, _xdg(environment, "XDG_CONFIG_HOME", ".config") / "keyshelf/config.toml")
    return next((place for place in places if place.is_file()), None)


def _content(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettingError(f"{file} cannot be read: {error}") from error


def _from_file(
    content: Mapping[str, object], table: Mapping[str, Setting], file: Path
) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in content.items():
        if name.upper() not in table or name != name.lower():
            raise InvalidSettingError(_unknown(name, str(file), table))
        if not isinstance(value, str | int):
            raise InvalidSettingError(
                f"{name} in {file} must be text, a whole number or true/false"
            )
        values[name.upper()] = str(value).lower() if isinstance(value, bool) else str(value)
    return values


def _check(setting: Setting, value: str, origin: str) -> None:
    try:
        setting.check(value)
    except ValueError as error:
        shown = "" if setting.secret else f" {value!r}"
        raise InvalidSettingError(f"{setting.name}{shown} (from {origin}): {error}") from error


def _xdg(environment: Mapping[str, str], name: str, default: str) -> Path:
    named = Path(environment.get(name) or "")
    return named if named.is_absolute() else _home(name) / default


def _home(instead: str) -> Path:
    """Return the home folder, which a container that runs as a number may not have."""
    home = Path(os.environ.get("HOME") or "")
    if not home.is_absolute():
        with suppress(KeyError):
            home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    if not home.is_absolute():
        raise NoHomeError(f"there is no home folder: set HOME, or {instead}")
    return home
