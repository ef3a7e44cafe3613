"""Multipart uploads of a disk store, in its hidden area. All functions block.

    uploads/{id}/upload.json     key, start, attributes
    uploads/{id}/part-00001.json what part 1 is: ETag, size, the file that holds it
    uploads/{id}/data            parts at their offsets, once the size of part 1 is known
    uploads/{id}/part-size       that size
    uploads/{id}/claim-00002     part 2 has been, or is being, written into `data`
    uploads/{id}/own-…           a part in a file of its own
    uploads/{id}/whole           an object put together from parts that did not fit
    uploads/{id}/final           which file becomes the object
    uploads/{id}/lock

The first part 1 becomes `data`; later parts are written straight to where they
belong, so that completing moves one file and copies only what came out of turn.
"""

import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from keyshelf.layout.keys import ObjectKey
from keyshelf.store.base import Attributes, CompletedPart, OpenUpload, Part, PutOptions
from keyshelf.store.disk_locks import locked
from keyshelf.store.disk_notes import read_note, write_note
from keyshelf.store.disk_parts import PartFile, fit, note_part, stored_part, stored_parts
from keyshelf.store.disk_records import Record, Records, sync_folder
from keyshelf.store.disk_writing import Finished, finish_file
from keyshelf.store.errors import UploadNotFoundError
from keyshelf.store.local_rules import chosen_parts, joined_etag

_ID = re.compile(r"[0-9a-f]{8,64}")


class Uploads:
    """The open uploads of one store."""

    def __init__(
        self,
        folder: Path,
        temporary: Path,
        records: Records,
        *,
        new_id: Callable[[], str],
        min_part_bytes: int,
        keep_free: int,
    ) -> None:
        self._folder = folder
        self._temporary = temporary
        self._records = records
        self._new_id = new_id
        self._min_part_bytes = min_part_bytes
        self._keep_free = keep_free

    def create(self, key: ObjectKey, options: PutOptions, started_at: datetime) -> str:
        """Begin an upload; a crash leaves it begun or nothing but a temporary folder."""
        upload_id = self._new_id()
        making = self._temporary / upload_id
        making.mkdir()
        known = {
            "v": 1,
            "key": key,
            "started_at": started_at.isoformat(),
            "attributes": asdict(options.attributes),
            "tags": dict(options.tags),
            "storage_class": options.storage_class,
        }
        write_note(making / "upload.json", known)
        (making / "lock").touch()
        sync_folder(making)
        making.rename(self._folder / upload_id)
        sync_folder(self._folder)
        return upload_id

    def begin_part(self, key: ObjectKey, upload_id: str, number: int) -> PartFile:
        """Open where a part goes: straight to its place in `data` when that is free."""
        with self._held(key, upload_id, shared=True) as folder:
            return PartFile(
                folder, number, own_name=f"own-{self._new_id()}", keep_free=self._keep_free
            )

    def write_part(self, key: ObjectKey, upload_id: str, part: PartFile, piece: bytes) -> None:
        """Write the next bytes of a part.

        The lock keeps a straggler from writing into what has become an object.
        """
        with self._held(key, upload_id, shared=True):
            part.write(piece)

    def finish_part(self, key: ObjectKey, upload_id: str, part: PartFile) -> Part:
        """Make a part durable, then known; it replaces an earlier one of its number."""
        part.sync()
        # The first part 1 changes what other parts see.
        with self._held(key, upload_id, shared=part.number != 1) as folder:
            before = stored_part(folder, part.number)
            if part.number == 1 and not (folder / "part-size").exists():
                part.become_data()
            stored = part.stored
            note_part(folder, stored)
            if before is not None:
                before.drop(folder)
            return stored.part

    def parts(self, key: ObjectKey, upload_id: str) -> Sequence[Part]:
        """Return the parts by number."""
        with self._held(key, upload_id, shared=True) as folder:
            return [stored.part for stored in stored_parts(folder).values()]

    def complete(
        self,
        key: ObjectKey,
        upload_id: str,
        wanted: Sequence[CompletedPart],
        *,
        mtime_ns: int,
        place: Callable[[Finished], None],
    ) -> tuple[Record, Finished]:
        """Make one file of the parts and have it placed.

        A refusal or crash before the move leaves the upload open; after it the
        upload counts as gone, because `final` names a file that has left.
        """
        with self._held(key, upload_id, shared=False) as folder:
            stored = stored_parts(folder)
            known = {number: each.part for number, each in stored.items()}
            chosen = chosen_parts(wanted, known, min_part_bytes=self._min_part_bytes)
            record = _record(folder, joined_etag(chosen))
            name = fit(folder, stored, chosen, keep_free=self._keep_free)
            finished = self._finished(folder / name, chosen, record, mtime_ns)
            write_note(folder / "final", name)
            place(finished)
            self._discard(folder)
            return record, finished

    def abort(self, key: ObjectKey, upload_id: str) -> None:
        """Drop an upload; none is success."""
        try:
            with self._held(key, upload_id, shared=False) as folder:
                self._discard(folder)
        except UploadNotFoundError:
            return

    def opened(self, prefix: str) -> Iterator[OpenUpload]:
        """Give the open uploads in the order of their ids."""
        for folder in sorted(self._folder.iterdir()):
            known = _known(folder)
            if known is None or _is_gone(folder):
                continue
            key = ObjectKey(str(known["key"]))
            if key.startswith(prefix):
                started_at = datetime.fromisoformat(str(known["started_at"])).astimezone(UTC)
                yield OpenUpload(key=key, upload_id=folder.name, started_at=started_at)

    @contextmanager
    def _held(self, key: ObjectKey, upload_id: str, *, shared: bool) -> Generator[Path]:
        missing = UploadNotFoundError(f"there is no open upload {upload_id!r} of {key!r}")
        folder = self._folder / upload_id
        if not _ID.fullmatch(upload_id) or not folder.is_dir():
            raise missing
        with locked(folder / "lock", shared=shared):
            known = _known(folder)
            if known is None or known["key"] != key:
                raise missing
            if _is_gone(folder):
                # A crash came between the move and the clearing away.
                if not shared:
                    self._discard(folder)
                raise missing
            yield folder

    def _finished(
        self, path: Path, chosen: Sequence[Part], record: Record, mtime_ns: int
    ) -> Finished:
        size = sum(part.size for part in chosen)
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            stat = finish_file(file, size, record, self._records, mtime_ns, durable=True)
        finally:
            os.close(file)
        return Finished(path=path, stat=stat)

    def _discard(self, folder: Path) -> None:
        # Renamed first: from then on no part can be written to it.
        trash = self._temporary / f"{folder.name}.gone"
        folder.rename(trash)
        sync_folder(self._folder)
        shutil.rmtree(trash)


def _is_gone(folder: Path) -> bool:
    final = read_note(folder / "final")
    if not isinstance(final, str):
        return False
    try:
        # Two names: it was linked into its place and not yet taken from here.
        return (folder / final).stat().st_nlink > 1
    except FileNotFoundError:
        return True


def _known(folder: Path) -> Mapping[str, object] | None:
    return read_note(folder / "upload.json")


def _record(folder: Path, etag: str) -> Record:
    known = read_note(folder / "upload.json")
    return Record(
        etag=etag,
        attributes=Attributes(**known["attributes"]),
        tags=known["tags"],
        storage_class=known["storage_class"],
    )
