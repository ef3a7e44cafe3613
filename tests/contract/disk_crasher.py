"""Does one thing to disk stores again and again, killed at one step later each time.

    python -m tests.contract.disk_crasher SCENARIO FOLDER

Each attempt has a store of its own, FOLDER/000, FOLDER/001, …; the last one is not
killed. The steps are the system calls that change a file system.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, CompletedPart, Condition, NewObject, PutOptions
from keyshelf.store.disk_files import DiskFiles
from keyshelf.store.disk_options import DiskOptions

KEY = ObjectKey("a/b")
OTHER = ObjectKey("a/c/d")
OLD = PutOptions(attributes=Attributes(content_type="text/old"), tags={"version": "old"})
NEW = PutOptions(attributes=Attributes(content_type="text/new"), tags={"version": "new"})
CREATE = PutOptions(attributes=NEW.attributes, tags=NEW.tags, condition=Condition.CREATE)
CHANGES = {
    "os.rename",
    "os.link",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.setxattr",
    "os.removexattr",
    "os.utime",
    "os.truncate",
}


@dataclass(frozen=True)
class Scenario:
    prepare: Callable[[DiskFiles], None]
    act: Callable[[DiskFiles], None]


def put_old(files: DiskFiles) -> None:
    files.put_bytes(KEY, b"old", OLD)


def put_new(files: DiskFiles) -> None:
    files.put_bytes(KEY, b"new", NEW)


def upload(files: DiskFiles) -> None:
    upload_id = files.uploads.create(KEY, NEW, DiskOptions().clock())
    for number, body in ((1, b"one" * 2000), (2, b"two" * 2000), (3, b"three")):
        part = files.uploads.begin_part(KEY, upload_id, number)
        files.uploads.write_part(KEY, upload_id, part, body)
        files.uploads.finish_part(KEY, upload_id, part)


def complete(files: DiskFiles, condition: Condition = Condition.ALWAYS) -> None:
    for found in files.uploads.opened(""):
        parts = files.uploads.parts(KEY, found.upload_id)
        wanted = [CompletedPart(part.number, part.etag) for part in parts]
        files.complete(KEY, found.upload_id, wanted, condition)


def put_batch(files: DiskFiles) -> None:
    objects = [NewObject(ObjectKey(f"n/{number}/{number}"), b"new", CREATE) for number in (1, 2, 3)]
    batch = [*objects, NewObject(KEY, b"again", CREATE), NewObject(OTHER, b"other", CREATE)]
    if files.is_batch(len(batch)):
        files.batches.create(batch)
    else:
        for new in batch:
            files.put_one(new)


def copy(files: DiskFiles) -> None:
    copying = files.begin_copy(KEY, OTHER, Condition.ALWAYS)
    while copying.step(1024):
        pass
    files.end_copy(OTHER, copying, Condition.ALWAYS)
    copying.close()


def both(*acts: Callable[[DiskFiles], None]) -> Callable[[DiskFiles], None]:
    def act(files: DiskFiles) -> None:
        for each in acts:
            each(files)

    return act


SCENARIOS = {
    "create": Scenario(lambda files: None, lambda files: put_create(files, KEY)),
    "replace": Scenario(put_old, put_new),
    "step-aside": Scenario(put_old, lambda files: put_create(files, ObjectKey("a/b/c"))),
    "replace-aside": Scenario(
        both(put_old, lambda files: put_create(files, ObjectKey("a/b/c"))), put_new
    ),
    "batch": Scenario(put_old, put_batch),
    "delete": Scenario(put_old, lambda files: files.remove(KEY)),
    "tags": Scenario(put_old, lambda files: files.set_tags(KEY, {"version": "new"})),
    "copy": Scenario(put_old, copy),
    "complete": Scenario(both(put_old, upload), complete),
    "complete-create": Scenario(upload, lambda files: complete(files, Condition.CREATE)),
}


def put_create(files: DiskFiles, key: ObjectKey) -> None:
    files.put_bytes(key, b"new", CREATE)


def options(*, extended_attributes: bool) -> DiskOptions:
    return DiskOptions(min_part_bytes=4096, extended_attributes=extended_attributes, durable=False)


def kill_at(step: int) -> None:
    """Kill this process as it begins its given change of a file system."""
    left = step

    def count(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        makes = event == "open" and isinstance(args[2], int) and bool(args[2] & os.O_CREAT)
        if event in CHANGES or makes:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def main(name: str, folder: Path, *, extended_attributes: bool) -> None:
    scenario = SCENARIOS[name]
    for step in range(1, 200):
        root = folder / f"{step - 1:03}"
        files = DiskFiles(root, options(extended_attributes=extended_attributes))
        scenario.prepare(files)
        child = os.fork()
        if child == 0:
            kill_at(step)
            scenario.act(files)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        files.close()
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))
    raise SystemExit("the scenario never ends")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), extended_attributes=sys.argv[3] == "own")
