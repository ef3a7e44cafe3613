"""What a process that reads strangers' files may not do, whatever they make it do.

Bounds on memory and files hold wherever resource limits do. On Linux with Landlock (5.13 and
later) it can also read nothing but what it is given and its own libraries, write nothing but
what it is given, and reach no network over TCP (6.7 and later).

Tools are started through this module in an interpreter of their own, so it imports as little as
can be.
"""

import ctypes
import os
import resource
import stat
import struct
import sys

# linux/landlock.h and the syscall table, which is the same on every architecture here.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
_OF_NO_FOLDER = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_ALL_OF_FILES_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1}
_ALL_OF_FILES = (1 << 15) - 1
_CONNECT_AND_BIND = 0b11
WITH_NETWORK = 4
"""The first version of Landlock that knows of connections."""
_NO_NEW_PRIVILEGES = 38


def bound_resources(*, memory_bytes: int, file_bytes: int) -> None:
    """Bound this process' memory and the files it writes; it leaves no core behind."""
    bound(resource.RLIMIT_AS, memory_bytes)
    bound(resource.RLIMIT_FSIZE, file_bytes)
    bound(resource.RLIMIT_CORE, 0)


def bound(what: int, soft: int, hard: int | None = None) -> None:
    """Bound a resource of this process, for good.

    What cannot be lowered on this system is as low as it gets.
    """
    try:
        resource.setrlimit(what, (soft, soft if hard is None else hard))
    except (ValueError, OSError):
        pass


def landlock_version() -> int:
    """Return which version of Landlock this system has; 0 is none."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG))


def confine(readable: list[str], *, writable: list[str] | None = None) -> bool:
    """Let this process and its threads read and run what is at or below `readable`.

    What is at or below `writable` they may also change; nothing else is there for them, but
    what was opened before. Returns whether the system could. There is no way back.
    """
    abi = landlock_version()
    if abi < 1:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    files = _ALL_OF_FILES_BY_ABI.get(abi, _ALL_OF_FILES)
    handled = struct.pack("=QQ", files, _CONNECT_AND_BIND if abi >= WITH_NETWORK else 0)
    rules = libc.syscall(_CREATE_RULESET, handled, 16 if abi >= WITH_NETWORK else 8, 0)
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(libc, rules, path, _READ_FILE | _READ_DIR | _EXECUTE)
        for path in writable or []:
            _allow(libc, rules, path, files)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # What is not there cannot be opened.
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= _OF_NO_FOLDER
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, opened), 0)
    finally:
        os.close(opened)
