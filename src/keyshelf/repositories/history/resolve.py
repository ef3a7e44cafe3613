"""Which commit somebody means: a branch, a tag, a hash, or so many commits before one."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from keyshelf.errors import InvalidInputError
from keyshelf.layout.repository import CommitHash
from keyshelf.repositories.reading import Reader
from keyshelf.repositories.values import IllegalRefError, RefKind, RefName, RefNotFoundError

_MOST_BACK = 100_000
_TEXT = re.compile(r"(?:(?P<kind>branch|tag):)?(?P<base>[^~]+)(?:~(?P<back>[0-9]{0,6}))?")
_HASH = re.compile(r"[0-9a-f]{4,64}")
_NAMED = 5


class AmbiguousRefError(InvalidInputError):
    """Several commits begin so: write more digits. The extras list up to ten of them."""

    code = "ambiguous-ref"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The commit that was meant."""

    commit: CommitHash
    ref: RefName | None
    """The branch or tag that is there; None when it was named in another way."""


async def resolve(reader: Reader, text: str) -> Resolved:
    """Return the commit that `text` means.

    That is the branch of this name, or else the tag, or else the commit whose hash is or
    begins so, with at least four digits. `tag:NAME` and `branch:NAME` mean only these.
    `REF~n` is n first parents before it, and `REF~` one. Raises `RefNotFoundError`, whose
    extras name what is `near`, and `AmbiguousRefError`.
    """
    parsed = _TEXT.fullmatch(text)
    if parsed is None:
        raise await _not_found(reader, text)
    kinds = [RefKind(parsed["kind"])] if parsed["kind"] else [RefKind.BRANCH, RefKind.TAG]
    found = await _ref(reader, parsed["base"], kinds)
    if found is None and not parsed["kind"]:
        found = await _by_hash(reader, parsed["base"].lower())
    if found is None:
        raise await _not_found(reader, parsed["base"])
    if parsed["back"] is None:
        return found
    back = int(parsed["back"] or 1)
    return Resolved(await _before(reader, found.commit, back, text), None) if back else found


async def _ref(reader: Reader, name: str, kinds: list[RefKind]) -> Resolved | None:
    for kind in kinds:
        try:
            ref = RefName(kind, name)
        except IllegalRefError:
            return None  # no ref is called so
        if commit := await reader.carrier.ref(ref):
            return Resolved(commit, ref)
    return None


async def _by_hash(reader: Reader, beginning: str) -> Resolved | None:
    if not _HASH.fullmatch(beginning):
        return None
    found = await reader.carrier.commits_like(beginning)
    if len(found) > 1:
        raise AmbiguousRefError(
            f"{beginning!r} begins {len(found)} commits or more: "
            + ", ".join(commit[:16] for commit in found),
            commits=list(found),
        )
    return Resolved(found[0], None) if found else None


async def _before(reader: Reader, commit: CommitHash, back: int, text: str) -> CommitHash:
    if back > _MOST_BACK:
        raise RefNotFoundError(f"{text!r} goes back more than {_MOST_BACK} commits")
    for gone in range(back):
        parents = (await reader.manifest(commit)).parents
        if not parents:
            before = "1 commit lies" if gone == 1 else f"{gone} commits lie"
            raise RefNotFoundError(f"there is no {text!r}: only {before} before it")
        commit = parents[0]
    return commit


async def _not_found(reader: Reader, text: str) -> RefNotFoundError:
    refs = [ref.name.name for ref in await reader.carrier.refs()]
    if not refs:
        return RefNotFoundError(f"there is no {text!r}: nothing was committed yet", near=[])
    near = get_close_matches(text, sorted(set(refs)), n=_NAMED)
    hint = f": did you mean {', '.join(near)}?" if near else ""
    return RefNotFoundError(f"there is no branch, tag or commit {text!r}{hint}", near=near)
