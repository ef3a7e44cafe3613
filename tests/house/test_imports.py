"""Importing Keyshelf does nothing: whoever imports it decides when things begin."""

import subprocess
import sys

WATCH = """
import os, pkgutil, importlib, sys, threading

def import_all():
    import keyshelf
    for module in pkgutil.walk_packages(keyshelf.__path__, "keyshelf."):
        importlib.import_module(module.name)

# What other packages do when they are imported is not ours to judge: they go first.
import_all()
for name in [name for name in sys.modules if name.split(".")[0] == "keyshelf"]:
    del sys.modules[name]

acts = []

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND):
            acts.append(f"{event} {path}")
    elif event.startswith(("socket.", "subprocess.", "os.fork", "os.posix_spawn", "os.mkdir")):
        acts.append(f"{event} {arguments}")

sys.addaudithook(watch)
import_all()
assert threading.active_count() == 1, threading.enumerate()
assert not acts, acts
"""


def test_importing_writes_no_file_and_opens_no_socket_and_starts_no_thread() -> None:
    command = [sys.executable, "-B", "-c", WATCH]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
