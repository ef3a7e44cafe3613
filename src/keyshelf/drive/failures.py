"""What the drive refuses, and why."""

from uuid import UUID

from keyshelf.errors import ConflictError, InvalidInputError, NotFoundError


class FileNotFoundInDriveError(NotFoundError):
    """No such file or folder, or not one that the caller sees, or it is in the trash."""

    code = "file-not-found"


class NameTakenError(ConflictError):
    """The place already holds something of this name: choose another, replace it, or keep both."""

    code = "name-taken"

    @classmethod
    def of(
        cls, *, name: str, existing_id: UUID, state: str, is_folder: bool, suggested: str
    ) -> "NameTakenError":
        """Describe the one that is there."""
        kind = "folder" if is_folder else "file"
        return cls(
            f"there is already a {kind} called {name!r} here",
            existing_id=str(existing_id),
            existing_state=state,
            existing_kind=kind,
            suggested_name=suggested,
        )


class FolderCycleError(ConflictError):
    """A folder cannot go into itself or below itself."""

    code = "cycle"


class ParentGoneError(ConflictError):
    """The folder it came from is in the trash or purged: restore it elsewhere."""

    code = "parent-gone"


class NotAFolderError(InvalidInputError):
    """A folder is needed here, and this is a file."""

    code = "not-a-folder"


class NotAFileError(InvalidInputError):
    """A file is needed here, and this is a folder."""

    code = "not-a-file"


class NotTrashedError(ConflictError):
    """Only what was thrown away by itself can be deleted for ever, or restored from the trash."""

    code = "not-trashed"


class ChangedError(ConflictError):
    """Somebody changed it meanwhile (If-Match): read it again."""

    code = "precondition-failed"


class UploadOpenError(ConflictError):
    """Its upload is not finished: complete or abort it first."""

    code = "upload-in-progress"


class UploadGoneError(NotFoundError):
    """It has no open upload: it was completed, aborted, or swept after its time."""

    code = "upload-not-found"


class UploadMismatchError(ConflictError):
    """What the store holds is not what was announced; nothing was made visible."""

    code = "upload-mismatch"


class BadCursorError(InvalidInputError):
    """The cursor is not one of ours, or belongs to another order: begin without one."""

    code = "bad-cursor"
