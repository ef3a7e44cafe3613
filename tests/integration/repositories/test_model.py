"""A repository against a model, a dictionary of trees, with a store that fails at times."""

from collections import Counter
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio.from_thread
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from keyshelf.database.pool import Database, DatabaseOptions
from keyshelf.layout.repository import CHUNKS, MANIFESTS, CommitHash
from keyshelf.repositories.catalog.values import RepositoryRecord
from keyshelf.repositories.check.service import check
from keyshelf.repositories.direct.push import DirectPush
from keyshelf.repositories.formats.entries import FolderEntry
from keyshelf.repositories.values import (
    PushExpiredError,
    RefKind,
    RefMovedError,
    RefName,
    RefNotFoundError,
)
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.faulty import FaultyStore
from keyshelf.store.memory import MemoryStore
from tests.integration.repositories.shelf import (
    Shelf,
    Tree,
    commit_tree,
    open_shelf,
    push_tree,
    send_tree,
    tree_of,
)

_DAY = timedelta(days=1)
_BRANCHES = st.sampled_from(["main", "side"]).map(lambda name: RefName(RefKind.BRANCH, name))
_TAGS = st.sampled_from(["v1", "v2"]).map(lambda name: RefName(RefKind.TAG, name))
_LONG = b"some more, in several chunks"
_TREES = st.sampled_from(
    [{"a": b"one"}, {"a": b"one", "folder/b": _LONG}, {"folder/b": _LONG, "folder/c/d": b""}]
)
"""Few, so that what was deleted is wanted again."""
Fault = tuple[str, int, bool] | None
"""A method of the store, which of its calls fails, and whether it is done before it does."""


def _faults(*methods: tuple[str, int]) -> st.SearchStrategy[Fault]:
    """Choose among the calls that something makes, so many of each method."""
    some = st.sampled_from(
        [
            (name, call, is_done)
            for name, most in methods
            for call in range(1, most + 1)
            for is_done in (False, True)
        ]
    )
    return st.none() | some | some


_WRITING = _faults(("put", 5), ("get", 1))
_SENDING = _faults(("put", 4))
_COLLECTING = _faults(("get", 3), ("delete_many", 1), ("delete_many", 1))


class Machine(RuleBasedStateMachine):
    """What people do to a repository, in any order."""

    portal: anyio.from_thread.BlockingPortal
    database: Database
    came: Counter[str]
    """How many faults came to be of those that were planned, by what they hit."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf: Shelf = open_shelf(self.database, MemoryStore())
        self.refs: dict[RefName, CommitHash] = {}
        self.trees: dict[CommitHash, Tree] = {}
        self.parents: dict[CommitHash, CommitHash | None] = {}
        self.record = self.do(self._new)
        self.open: tuple[AsyncExitStack, DirectPush] | None = None
        self.sent: tuple[Tree, FolderEntry] | None = None
        """What the open push may publish."""
        self.killed = list[AsyncExitStack]()
        """Pushes of processes that ended without a word."""

    def do(self, act: Any, *args: Any) -> Any:  # Any: what the portal takes and gives
        return self.portal.call(act, *args)

    async def _new(self) -> RepositoryRecord:
        await self.shelf.empty()
        return await self.shelf.repository("film")

    @rule(name=_BRANCHES, tree=_TREES, fault=_WRITING)
    def commit(self, name: RefName, tree: Tree, fault: Fault) -> None:
        self.do(self._commit, name, tree, fault)

    async def _commit(self, name: RefName, tree: Tree, fault: Fault) -> None:
        message = str(len(self.trees))
        with self._way("commit", fault) as way, suppress(StoreUnavailableError):
            await commit_tree(way.carrier(self.record), tree, name=name, message=message)
        # Whether it was made is seen by where the branch is.
        await self._follow(name, tree)

    async def _follow(self, name: RefName, tree: Tree) -> None:
        found = await self.shelf.carrier(self.record).ref(name)
        before = self.refs.get(name)
        if found is not None and found != before:
            self.trees[found] = tree
            self.parents[found] = before
            self.refs[name] = found

    @precondition(lambda self: self.open is None)
    @rule()
    def open_push(self) -> None:
        self.do(self._open_push)

    async def _open_push(self) -> None:
        stack = AsyncExitStack()
        push = await stack.enter_async_context(self.shelf.carrier(self.record).push())
        self.open = stack, push

    @precondition(lambda self: self.open is not None)
    @rule(tree=_TREES, fault=_SENDING)
    def send(self, tree: Tree, fault: Fault) -> None:
        self.do(self._send, tree, fault)

    async def _send(self, tree: Tree, fault: Fault) -> None:
        assert self.open is not None
        opened = self.shelf.carrier(self.record).repository
        try:
            with self._way("send", fault) as way, suppress(StoreUnavailableError):
                push = replace(self.open[1], parts=way.parts)
                self.sent = tree, await send_tree(push, opened, tree)
        except PushExpiredError:
            await self._end_push()

    @precondition(lambda self: self.sent is not None)
    @rule(name=_BRANCHES, fault=_faults(("put", 2), ("get", 1)))
    def publish(self, name: RefName, fault: Fault) -> None:
        self.do(self._publish, name, fault)

    async def _publish(self, name: RefName, fault: Fault) -> None:
        assert self.open is not None
        assert self.sent is not None
        opened = self.shelf.carrier(self.record).repository
        tree, root = self.sent
        parent, message = self.refs.get(name), str(len(self.trees))
        try:
            with self._way("publish", fault) as way, suppress(StoreUnavailableError):
                push = replace(self.open[1], parts=way.parts)
                await push_tree(push, opened, root, name=name, parent=parent, message=message)
        except PushExpiredError:
            await self._end_push()
        await self._follow(name, tree)

    @precondition(lambda self: self.open is not None)
    @rule()
    def end_push(self) -> None:
        self.do(self._end_push)

    async def _end_push(self) -> None:
        assert self.open is not None
        await self.open[0].aclose()
        self.open = self.sent = None

    @precondition(lambda self: self.open is not None)
    @rule()
    def kill_push(self) -> None:
        assert self.open is not None
        self.killed.append(self.open[0])
        self.open = self.sent = None

    @rule(name=st.one_of(_BRANCHES, _TAGS))
    def delete_ref(self, name: RefName) -> None:
        found = self.refs.pop(name, None)
        if found is not None:
            self.do(self._delete_ref, name, found)

    @rule()
    def delete_all_refs(self) -> None:
        for name, found in self.refs.items():
            self.do(self._delete_ref, name, found)
        self.refs.clear()

    async def _delete_ref(self, name: RefName, expected: CommitHash) -> None:
        await self.shelf.carrier(self.record).delete_ref(name, expected=expected)

    @rule(name=st.one_of(_BRANCHES, _TAGS), number=st.integers(0, 20))
    def move_ref(self, name: RefName, number: int) -> None:
        known = list(self.trees)
        if known:
            self.do(self._move_ref, name, known[number % len(known)])

    async def _move_ref(self, name: RefName, to: CommitHash) -> None:
        carrier = self.shelf.carrier(self.record)
        try:
            await carrier.move_ref(name, expected=self.refs.get(name), to=to)
        except RefNotFoundError:
            assert to not in self._reachable(), "a commit that a ref leads to is gone"
        else:
            self.refs[name] = to

    @rule(name=_BRANCHES)
    def a_wrong_expectation_moves_nothing(self, name: RefName) -> None:
        found = self.refs.get(name)
        others = [each for each in self._reachable() if each != found]
        if found is not None and others:
            self.do(self._move_wrongly, name, others[0])

    async def _move_wrongly(self, name: RefName, to: CommitHash) -> None:
        try:
            await self.shelf.carrier(self.record).move_ref(name, expected=None, to=to)
        except RefMovedError:
            return
        raise AssertionError("a ref was moved that was elsewhere")

    @rule(grace=st.sampled_from([timedelta(0), _DAY]), fault=_COLLECTING)
    def collect(self, grace: timedelta, fault: Fault) -> None:
        self.do(self._collect, grace, fault)

    async def _collect(self, grace: timedelta, fault: Fault) -> None:
        told = await self.shelf.collect(self.record, grace=grace, dry_run=True)
        try:
            with self._way("collect", fault) as way:
                assert await way.collect(self.record, grace=grace) == told
        except StoreUnavailableError:
            await self.shelf.collect(self.record, grace=grace)

    @rule(tree=_TREES, fault=_COLLECTING)
    def try_and_give_up(self, tree: Tree, fault: Fault) -> None:
        name = RefName(RefKind.BRANCH, "try")
        self.do(self._commit, name, tree, None)
        self.do(self._delete_ref, name, self.refs.pop(name))
        self.do(self._collect, timedelta(0), fault)

    @rule(days=st.floats(0.1, 1.5))
    def time_passes(self, days: float) -> None:
        self.shelf.clock.pass_by(days * _DAY)

    @invariant()
    def every_ref_holds_what_was_committed(self) -> None:
        self.do(self._compare)

    async def _compare(self) -> None:
        carrier = self.shelf.carrier(self.record)
        assert {ref.name: ref.commit for ref in await carrier.refs()} == self.refs
        for commit in set(self.refs.values()):
            assert await tree_of(carrier, commit) == self.trees[commit]

    def teardown(self) -> None:
        self.do(self._finish)

    async def _finish(self) -> None:
        if self.open is not None:
            await self._end_push()
        # Who was killed holds what it was told until it has been silent for so long.
        self.shelf.clock.pass_by(2 * _DAY)
        await self.shelf.collect(self.record)
        for stack in self.killed:
            await stack.aclose()
        report = await check(self.shelf.carrier(self.record), read_data=True)
        reachable = self._reachable()
        assert report.is_clean
        assert report.commits == len(reachable) == len(await self.shelf.keys(MANIFESTS))
        assert report.chunks == len(await self.shelf.keys(CHUNKS))
        assert report.chunks == await self.shelf.count("repository_chunks")

    @contextmanager
    def _way(self, deed: str, fault: Fault) -> Generator[Shelf]:
        faulty = FaultyStore(self.shelf.parts.store)
        if fault is None:
            yield self.shelf.on(faulty)
            return
        method, call, is_done = fault
        plan = faulty.lose_answer if is_done else faulty.fail
        plan(method, call=call)
        try:
            yield self.shelf.on(faulty)
        finally:
            if faulty.calls.count(method) >= call:
                self.came[f"{deed} {method}"] += 1

    def _reachable(self) -> set[CommitHash]:
        found: set[CommitHash] = set()
        for commit in self.refs.values():
            back: CommitHash | None = commit
            while back is not None and back not in found:
                found.add(back)
                back = self.parents[back]
        return found


def test_a_repository_holds_what_was_committed(database_url: str) -> None:
    with anyio.from_thread.start_blocking_portal("asyncio") as portal:
        opening = portal.call(Database.open, DatabaseOptions(url=database_url))
        with portal.wrap_async_context_manager(opening) as database:
            came = Counter[str]()
            bound = {"portal": portal, "database": database, "came": came}
            machine = type("Bound", (Machine,), bound)
            run_state_machine_as_test(
                machine, settings=settings(max_examples=20, stateful_step_count=30, deadline=None)
            )
    assert came.total() >= 10, came
