"""What a rendering process may not do, whatever a picture makes it do.

Bounds on memory and files hold wherever resource limits do. On Linux with Landlock (5.13 and
later) it can also read nothing but pictures, fonts and its own libraries, write nothing,
and reach no network over TCP (6.7 and later).
"""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# linux/landlock.h and the syscall table, which is the same on every architecture here.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_ALL_OF_FILES_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1}
_ALL_OF_FILES = (1 << 15) - 1
_CONNECT_AND_BIND = 0b11
_NO_NEW_PRIVILEGES = 38
_FONTS = ("/usr/share/fonts", "/usr/share/fontconfig", "/etc/fonts", "/var/cache/fontconfig")


def bound_resources(*, memory_bytes: int) -> None:
    """Bound this process' memory, open files and written bytes; it leaves no core behind."""
    bounds = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 0,
    }
    for what, bound in bounds.items():
        # What cannot be lowered on this system is as low as it gets.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (bound, bound))


def confine(readable: Iterable[Path]) -> bool:
    """Let this process and its threads read below `readable` and its libraries, nothing else.

    Returns whether the system could. There is no way back.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    if abi < 1:
        return False
    files = _ALL_OF_FILES_BY_ABI.get(abi, _ALL_OF_FILES)
    handled = struct.pack("=QQ", files, _CONNECT_AND_BIND if abi >= 4 else 0)
    rules = libc.syscall(_CREATE_RULESET, handled, 16 if abi >= 4 else 8, 0)
    if rules < 0:
        return False
    try:
        for path in (*readable, *map(Path, _libraries()), *map(Path, _FONTS)):
            _allow_reading(libc, rules, path)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _libraries() -> set[str]:
    # Codecs, colour profiles and Python modules that are loaded when they are needed.
    return {sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path), "/lib", "/usr/lib"}


def _allow_reading(libc: ctypes.CDLL, rules: int, path: Path) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # What is not there cannot be read.
    try:
        allowed = _READ_FILE | _READ_DIR | _EXECUTE
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, opened), 0)
    finally:
        os.close(opened)
