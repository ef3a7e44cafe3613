"""Giving one file its other names (hard links), when its first is there."""

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field

from keyshelf.repositories.checkout.parts import Target
from keyshelf.repositories.checkout.places import OpenFolder, Telling, is_same
from keyshelf.repositories.checkout.values import InTheWayError, would_overwrite
from keyshelf.repositories.paths import path_shown

_UNLINKABLE = {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}


@dataclass(slots=True)
class Twins:
    """What came of linking."""

    linked: list[Target] = field(default_factory=list[Target])
    right: list[Target] = field(default_factory=list[Target])
    unlinked: list[Target] = field(default_factory=list[Target])
    """Those that the file system cannot link: they are written as files of their own."""
    seen: dict[bytes, os.stat_result] = field(default_factory=dict[bytes, os.stat_result])
    """How all names look in the end, by path."""


def link_twins(
    root: OpenFolder, twins: Sequence[tuple[Target, bytes]], *, overwrite: bool
) -> Twins:
    """Link each file to the path that goes with it; one that is linked so is not touched."""
    done = Twins()
    for target, leader in twins:
        folder, _, name = leader.rpartition(b"/")
        with root.within(folder) as there, root.within(target.folder) as here:
            first, now = there.look(name), here.look(target.entry.name)
            if first is None or not stat.S_ISREG(first.st_mode):
                done.unlinked.append(target)
            elif now is not None and _is_one(first, now):
                done.right.append(target)
            elif not overwrite and not (now is target.seen or _is_as_seen(target, now)):
                raise would_overwrite([target.path])
            elif _link(there, name, here, target, first):
                done.linked.append(target)
            else:
                done.unlinked.append(target)
    for path in {path for target, leader in twins for path in (target.path, leader)}:
        folder, _, name = path.rpartition(b"/")
        with root.within(folder) as place:
            if found := place.look(name):
                done.seen[path] = found
    return done


def _link(
    there: OpenFolder, name: bytes, here: OpenFolder, target: Target, first: os.stat_result
) -> bool:
    part = target.part_name
    here.remove(part)  # of a checkout that was interrupted just then
    with Telling(here.path, target.entry.name):
        try:
            os.link(
                name,
                part,
                src_dir_fd=there.descriptor,
                dst_dir_fd=here.descriptor,
                follow_symlinks=False,
            )
        except OSError as error:
            if error.errno in _UNLINKABLE:
                return False
            raise
    made = here.look(part)
    if made is None or not _is_one(made, first):
        here.remove(part)
        raise InTheWayError(f"{path_shown(there.at(name))} was replaced meanwhile")
    here.replace(target.entry.name, part)
    return True


def _is_one(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _is_as_seen(target: Target, now: os.stat_result | None) -> bool:
    return target.seen is not None and is_same(target.seen, now)
