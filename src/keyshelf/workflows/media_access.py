"""Who may see what was made of media, and who may remove it."""

from collections.abc import Sequence

from keyshelf.access.identity import Identity
from keyshelf.access.permissions import Action, require, visible_owners
from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.content.inspecting import holders
from keyshelf.drive.values import DriveFile
from keyshelf.errors import ForbiddenError
from keyshelf.layout.drive import OwnerId, UnreadableKeyError, parse
from keyshelf.layout.keys import ObjectKey
from keyshelf.layout.media import MediaHash, is_content_hash
from keyshelf.media.work.failures import MediaNotFoundError
from keyshelf.media.work.showing import owner_of


class NotOnlyOwnerError(ForbiddenError):
    """Others have media of this hash too. Ask an administrator."""

    code = "not-only-owner"


def require_source_readable(identity: Identity, source: ObjectKey) -> None:
    """Raise unless the caller may read a source.

    That is a key of a drive that they see; administrators may name any key of the store.
    Raises what `require` does: another's drive is not there.
    """
    if identity.administers:
        require(identity, Action.READ, identity.id)
        return
    require(identity, Action.READ, _owner_of(source))


async def require_readable(tx: ReadTransaction, identity: Identity, media: MediaHash) -> None:
    """Raise `MediaNotFoundError` unless the caller may see what was made of media.

    That is an administrator, whoever first used the hash (of content: and had the bytes),
    and who sees a file with that content.
    """
    require(identity, Action.READ, identity.id)
    if identity.administers or await owner_of(tx, media) == identity.id:
        return
    visible = visible_owners(identity)
    if not any(file.owner_id in visible for file in await _holders(tx, media)):
        raise MediaNotFoundError("nothing is known of these media", hash=media)


async def require_removable(tx: ReadTransaction, identity: Identity, media: MediaHash) -> None:
    """Raise unless the caller may remove all that was made of media.

    That is an administrator, or who has all files with that content and, where there are
    none, first used the hash. Raises `MediaNotFoundError` for media that the caller cannot
    see, and `NotOnlyOwnerError`.
    """
    require(identity, Action.WRITE, identity.id)
    if identity.administers:
        return
    owners = {file.owner_id for file in await _holders(tx, media)}
    if (owners or {await owner_of(tx, media)}) == {identity.id}:
        return
    await require_readable(tx, identity, media)
    raise NotOnlyOwnerError("others have media of this hash", hash=media)


async def source_for(
    tx: ReadTransaction, identity: Identity, media: MediaHash, source: ObjectKey
) -> ObjectKey | None:
    """Return the source of media if the caller may know it, or else a file of theirs.

    The first who had some content may be a stranger to others who have it too. None when
    the caller sees no file of it.
    """
    visible = visible_owners(identity)
    if identity.administers or _owner_of(source) in visible:
        return source
    for owner in visible:
        for file in await holders(tx, media, owner=owner):
            return file.key
    return None


async def _holders(tx: ReadTransaction, media: MediaHash) -> Sequence[DriveFile]:
    return await holders(tx, media) if is_content_hash(media) else ()


def _owner_of(source: ObjectKey) -> OwnerId | None:
    try:
        return parse(source).owner
    except UnreadableKeyError:
        return None  # in nobody's drive
