"""Keys of the drive.

    {identity}/my-files/{path}/{filename}     a personal file
    shared/{path}/{filename}                  a shared file
    …/{folder}/                               a folder: the key ends in a slash
    .keyshelf/aside/{file id}/{filename}      a trashed or moving file whose key was wanted
    .keyshelf/marker-trial/                   shortly, the first time a service makes a folder

A path is read in the bucket as a person wrote it: no escaping, no ids.
"""

from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from keyshelf.errors import InvalidInputError
from keyshelf.layout.keys import MAX_KEY_BYTES, ObjectKey
from keyshelf.layout.names import FileName, IllegalNameError, file_name

OwnerId = NewType("OwnerId", str)
"""Whose drive a file is in: an identity id, or `shared`."""

SHARED = OwnerId("shared")
MY_FILES = "my-files"
SYSTEM_PREFIX = ".keyshelf/"
ASIDE_PREFIX = f"{SYSTEM_PREFIX}aside/"
MARKER_TRIAL = ObjectKey(f"{SYSTEM_PREFIX}marker-trial/")
"""Where it is tried whether a store keeps keys that end in a slash."""


class KeyTooLongError(InvalidInputError):
    """The names along a path make a key longer than a store holds."""

    code = "key-too-long"


class UnreadableKeyError(InvalidInputError):
    """A key that is not a file or folder of any drive; the detail says why."""

    code = "unreadable-key"


@dataclass(frozen=True, slots=True)
class DriveKey:
    """What a drive key says: whose it is, and the names from the root down."""

    owner: OwnerId
    names: tuple[FileName, ...]
    is_folder: bool

    @property
    def filename(self) -> FileName:
        """The last name of the path."""
        return self.names[-1]

    @property
    def parents(self) -> tuple[FileName, ...]:
        """The folders above, outermost first."""
        return self.names[:-1]


def owner_id(raw: str) -> OwnerId:
    """Return an identity id as the owner of a drive.

    Raises `InvalidInputError` for an id that would reach another's keys: one
    with a slash, a dot name, a control character, or a reserved word.
    """
    name = file_name(raw)
    if name in {SHARED, SYSTEM_PREFIX.rstrip("/")}:
        raise IllegalNameError(f"an identity cannot be called {name!r}")
    return OwnerId(name)


def root(owner: OwnerId) -> str:
    """Return the prefix of all keys of one drive, ending in a slash."""
    return f"{SHARED}/" if owner == SHARED else f"{owner}/{MY_FILES}/"


def key(owner: OwnerId, names: tuple[FileName, ...], *, is_folder: bool) -> ObjectKey:
    """Return the key of the file or folder at `names` below the drive's root.

    Raises `KeyTooLongError` past 1,024 bytes.
    """
    spelled = ObjectKey(root(owner) + "/".join(names) + ("/" if is_folder else ""))
    check_key_length(spelled)
    return spelled


def check_key_length(spelled: ObjectKey, *, below: int = 0) -> None:
    """Raise `KeyTooLongError` when a key, with `below` more bytes of path, fits no store."""
    size = len(spelled.encode()) + below
    if size > MAX_KEY_BYTES:
        raise KeyTooLongError(
            f"the path makes a key of {size} bytes; a store holds at most {MAX_KEY_BYTES}:"
            " use shorter names or fewer folders"
        )


def parse(spelled: ObjectKey) -> DriveKey:
    """Read a key back; the inverse of `key`.

    Raises `UnreadableKeyError` for whatever no drive would have written: roots,
    keys outside both conventions, empty segments, illegal or unnormalised names.
    """
    owner, below = _split_owner(spelled)
    is_folder = below.endswith("/")
    names = tuple(parse_name(segment) for segment in below.removesuffix("/").split("/"))
    return DriveKey(owner=owner, names=names, is_folder=is_folder)


def parse_name(segment: str) -> FileName:
    """Read one name of a key's path. Raises `UnreadableKeyError`."""
    try:
        name = file_name(segment)
    except IllegalNameError as error:
        raise UnreadableKeyError(f"in its path, {error.detail}") from error
    if name != segment:
        raise UnreadableKeyError("a name in its path is not in Unicode normal form C")
    return name


def _split_owner(spelled: str) -> tuple[OwnerId, str]:
    first, slash, rest = spelled.partition("/")
    if f"{first}/" == SYSTEM_PREFIX:
        raise UnreadableKeyError("it lies in Keyshelf's own area")
    if not slash:
        raise UnreadableKeyError("it lies at the root of the bucket, in nobody's drive")
    if first == SHARED:
        if not rest:
            raise UnreadableKeyError("it is the root of a drive")
        return SHARED, rest
    try:
        owner = owner_id(first)
    except IllegalNameError as error:
        raise UnreadableKeyError(f"its owner is not legal: {error.detail}") from error
    segment, slash, below = rest.partition("/")
    if segment != MY_FILES or not slash:
        raise UnreadableKeyError(f"below an identity, keys go on with '{MY_FILES}/'")
    if not below:
        raise UnreadableKeyError("it is the root of a drive")
    return owner, below


def is_system(spelled: str) -> bool:
    """Say whether a key lies in Keyshelf's own area, and in no drive."""
    return spelled.startswith(SYSTEM_PREFIX)


def aside_key(file_id: UUID, filename: FileName, *, is_folder: bool = False) -> ObjectKey:
    """Return where a file or folder waits whose own key is another's."""
    return ObjectKey(f"{ASIDE_PREFIX}{file_id}/{filename}" + ("/" if is_folder else ""))
