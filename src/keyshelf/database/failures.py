"""What the driver's errors mean to us. Nothing above this package sees psycopg's."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import psycopg_pool
from psycopg import errors as driver

from keyshelf.errors import (
    ConflictError,
    Error,
    IntegrityError,
    InvalidInputError,
    UnavailableError,
)


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer, or the connection broke. Retry later, unchanged.

    When it comes out of a commit, the change may have landed or not: read again first.
    """

    code = "database-unavailable"


class SchemaMissingError(UnavailableError):
    """The database has no tables of Keyshelf: it was dropped, or DATABASE_URL names another.

    Correct DATABASE_URL; or stop the service and run `keyshelf backup restore`, where there is
    a backup, and then `keyshelf rebuild`.
    """

    code = "schema-missing"


class InvalidDatabaseUrlError(InvalidInputError):
    """DATABASE_URL cannot be read. Mend it."""

    code = "invalid-database-url"


class DatabaseTimeoutError(UnavailableError):
    """A statement ran into its time limit. Retry later, or ask for less."""

    code = "database-timeout"


class UniqueViolationError(ConflictError):
    """A row with the same key is there already; `constraint` names the rule.

    The transaction is over: read again in a new one, then decide.
    """

    code = "unique-violation"

    def __init__(self, detail: str, *, constraint: str) -> None:
        super().__init__(detail, constraint=constraint)
        self.constraint = constraint


class MissingReferenceError(ConflictError):
    """A row that is referred to has gone, or is still referred to. Read again."""

    code = "missing-reference"

    def __init__(self, detail: str, *, constraint: str) -> None:
        super().__init__(detail, constraint=constraint)
        self.constraint = constraint


class TransactionConflictError(ConflictError):
    """Two transactions met (deadlock, serialization, lock). Run the whole of it again."""

    code = "transaction-conflict"


class UnstorableValueError(InvalidInputError):
    """A value does not fit its column. Change it before asking again."""

    code = "unstorable-value"


class StatementRefusedError(IntegrityError):
    """The database refused a statement: schema and program disagree, or a rule was broken.

    Never the caller's fault and never cured by a retry: report it.
    """

    code = "statement-refused"


class EmbeddedPostgresError(UnavailableError):
    """The embedded PostgreSQL does not start. The detail says what its log says."""

    code = "embedded-database"


class DatabaseProgramError(UnavailableError):
    """`pg_dump` or `psql` failed; the detail says what it says. Nothing was changed."""

    code = "database-program"


@contextmanager
def translated() -> Generator[None]:
    """Raise the driver's errors as ours, with the driver's as the cause."""
    try:
        yield
    except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed) as error:
        raise _translate(error) from error


@contextmanager
def translated_statement() -> Generator[None]:
    """As `translated`, and for parameters that cannot be sent at all."""
    try:
        with translated():
            yield
    except UnicodeEncodeError as error:
        raise UnstorableValueError(f"a text is not valid Unicode: {error.reason}") from error


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], type[Error]], ...] = (
    (
        (driver.SerializationFailure, driver.DeadlockDetected, driver.LockNotAvailable),
        TransactionConflictError,
    ),
    ((driver.QueryCanceled,), DatabaseTimeoutError),
    (
        (psycopg.OperationalError, psycopg.InterfaceError, psycopg_pool.PoolClosed),
        DatabaseUnavailableError,
    ),
    ((psycopg.DataError,), UnstorableValueError),
)


def _translate(error: Exception) -> Error:
    match error:
        case driver.UniqueViolation():
            return UniqueViolationError(_detail(error), constraint=_constraint(error))
        case driver.ForeignKeyViolation() | driver.RestrictViolation():
            return MissingReferenceError(_detail(error), constraint=_constraint(error))
        case driver.UndefinedTable():
            return SchemaMissingError(
                f"the database lacks tables of Keyshelf ({error.diag.message_primary}): was it"
                " dropped, or does DATABASE_URL name another? Stop the service, then"
                " `keyshelf backup restore latest` and `keyshelf rebuild` bring it back"
            )
        case psycopg_pool.PoolTimeout():
            return DatabaseUnavailableError(f"the database does not answer: {_detail(error)}")
        case _:
            meanings = (ours for theirs, ours in _MEANINGS if isinstance(error, theirs))
            return next(meanings, StatementRefusedError)(_detail(error))


def _detail(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _constraint(error: psycopg.Error) -> str:
    return error.diag.constraint_name or ""
