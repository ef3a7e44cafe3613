"""Becoming a tool behind its fences: what `running` starts in the tool's place."""

import ctypes
import os
import resource
import sys

from keyshelf.media import fences

_DIE_WITH_PARENT = 1  # prctl(2)
# Here and on macOS. The module that names them takes as long to import as all the rest.
_SIGKILL, _SIGPIPE, _SIGXFSZ = 9, 13, 25
_NICENESS = 10
_CPU_GRACE = 5
"""Seconds from the signal that tells what it is for to the one that ends all."""
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127
_SYSTEM = (
    *("/bin", "/usr/bin", "/usr/local/bin", "/opt", "/nix/store"),
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
)
"""Where programs are, which may be scripts that run others, and their libraries."""
_MACHINE = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")
"""Where encoders learn how many threads are worth their while."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")


def main() -> None:
    """Bound this process, and become the program that its arguments tell.

    They are the bytes of memory, the seconds of CPU, the bytes of a file, the folder that may
    be written, what may be read besides, `--`, and the program with its own arguments. Exits
    with what a shell says of a program that does not run here.
    """
    memory, seconds, file_bytes, folder, *rest = sys.argv[1:]
    end = rest.index("--")
    readable, (program, *arguments) = rest[:end], rest[end + 1 :]
    libc = ctypes.CDLL(None)
    # Python ignores them, and what a process ignores the program that it becomes does as well.
    # None is the system's own handling.
    libc.signal(_SIGPIPE, None)
    libc.signal(_SIGXFSZ, None)
    if sys.platform == "linux":
        # The tool dies with the worker, whatever the worker died of; elsewhere its time ends it.
        libc.prctl(_DIE_WITH_PARENT, _SIGKILL, 0, 0, 0)
    os.nice(_NICENESS)  # who asks the service for something comes before an encode
    own = os.path.dirname(os.path.realpath(program))  # noqa: PTH120 -- pathlib takes longer than all this
    fences.confine(
        [*readable, own, f"{own}/../lib", *_SYSTEM, *_MACHINE], writable=[folder, *_DEVICES]
    )
    fences.bound(resource.RLIMIT_CPU, int(seconds), int(seconds) + _CPU_GRACE)
    fences.bound_resources(memory_bytes=int(memory), file_bytes=int(file_bytes))
    try:
        os.execv(program, [program, *arguments])  # noqa: S606 -- without a shell is what is wanted
    except OSError as error:
        os.write(2, f"the tool does not run: {error.strerror}\n".encode())
        sys.exit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE)
