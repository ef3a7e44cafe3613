"""What repositories stand on."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

from keyshelf.clock import Clock, system_clock
from keyshelf.database.pool import Database
from keyshelf.layout.namespace import DEFAULT_NAMESPACE, Namespace
from keyshelf.repositories.formats.headers import Tier
from keyshelf.store.base import ObjectStore
from keyshelf.store.primary import primary_of


@dataclass(frozen=True, slots=True)
class Placement:
    """Where new objects of a kind go."""

    tier: Tier = Tier.HOT
    """How cool they may become: what they are tagged with."""
    storage_class: str | None = None
    """The class that they are written in, in the cloud's word; None is its ordinary one."""


@dataclass(frozen=True, slots=True)
class RepositoryOptions:
    """How repositories behave."""

    namespace: Namespace = DEFAULT_NAMESPACE
    """What names of metadata and tags begin with."""
    tags: bool = True
    """Whether objects are tagged, where the store has tags: some clouds bill each by the month."""
    chunks: Placement = Placement()
    proxies: Placement = Placement()
    marks_deleted: bool = False
    """Whether a chunk to be deleted is tagged so, for a rule of its bucket to delete it."""
    push_life: timedelta = timedelta(hours=24)
    """How long a push may be silent before it is over."""
    most_pushes: int = 1000
    """How many pushes from elsewhere one identity may have open: the collector waits for each."""
    grace: timedelta = timedelta(hours=24)
    """How long what is reachable from nowhere is kept before it is deleted."""
    url_expiry: timedelta = timedelta(hours=1)
    """How long presigned requests are good."""
    key: bytes | None = field(default=None, repr=False)
    """Opens the key slots that were made with it."""


@dataclass(frozen=True, slots=True)
class RepositoryParts:
    """The database and the repository store, with options.

    Functions open their own transactions, because bytes move between them: what must
    be durable first is committed or stored first.
    """

    database: Database
    store: ObjectStore
    options: RepositoryOptions = field(default_factory=RepositoryOptions)
    clock: Clock = system_clock
    new_id: Callable[[], UUID] = uuid4

    def __post_init__(self) -> None:
        if not self.store.capabilities.tags:
            object.__setattr__(self, "options", replace(self.options, tags=False))

    @property
    def of_primary(self) -> "RepositoryParts":
        """The same, for whoever asks what the store holds: no copy of it answers."""
        return replace(self, store=primary_of(self.store))
