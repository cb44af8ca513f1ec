"""Where readers come from: each sees one revision, and none an older one than this process has shown already.

A short read runs in the event loop: on SQLite it takes less time than to hand it to a thread, and on PostgreSQL the
loop goes on with others while the database answers. A long one runs in a thread.
"""

import asyncio
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.database.engine import address, begin_postgresql, connect, libpq_options, postgresql_pool
from app.database.transactions import reading, unavailable
from app.problems import Problem, Unavailable
from app.query.snapshot import Revision, Snapshot

T = TypeVar("T")
Ask = Callable[[Snapshot], T]

LOOK_SECONDS = 0.005
"""How long SQLite is not asked again whether something newer is there: with thousands of questions a second, it would
take a tenth of the time that their answers from memory do."""
POLL_SECONDS = 0.2
"""How often PostgreSQL is asked for its revision."""
_QUERY_CANCELED = "57014"
"""The state of a statement that took too long: it would again."""
_TRUSTED_SECONDS = 5 * POLL_SECONDS
"""How long nothing newer is taken to be there since PostgreSQL last said so."""
_PAUSES = (0.0, 0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 0.8, 0.8)
"""Seconds before each try: a replica catches up meanwhile, and another host takes over from one that is gone."""
_PATIENCE_SECONDS = 8.0
"""After how long a question is not tried again, however few its tries were: hosts that are silent take their time."""


@dataclass
class _Read(Generic[T]):
    """What came of a read: the state that it saw, and its result or the problem that it found."""

    state: Revision
    result: T | Problem
    kept: ExitStack | None = None
    """What the result goes on reading with."""


class Store(ABC):
    """A database to read from. `latest` is the newest state that was shown, None before the first."""

    threads = 8
    """Long reads at a time; others wait for their turn."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        self.latest: Revision | None = None
        self._since = 0.0
        """When it was first shown."""
        self.listeners: list[Callable[[], None]] = []
        """What is told when there is a newer state."""
        self.observe: Callable[[bool, float], None] = lambda _quick, _seconds: None
        """What is told of each read: whether it was quick, and how many seconds it took."""
        self._limiter: CapacityLimiter | None = None

    async def read(self, ask: Ask[T], *, quick: bool) -> T:
        """What `ask` answers: in the event loop if it is quick, else in a thread.

        Raises Unavailable where the database cannot be read, or for some seconds has only older states than one that
        was shown; and whatever problem `ask` raises.
        """
        failure: Exception | None = None
        asked = time.perf_counter()
        for pause in _PAUSES:
            if pause:
                await asyncio.sleep(pause)
            started = time.perf_counter()
            if started - asked > _PATIENCE_SECONDS:
                break
            try:
                read = await (self._quick(ask) if quick else self._slow(ask))
            except (DBAPIError, PoolTimeoutError) as error:
                if isinstance(error, DBAPIError) and not unavailable(error):
                    raise
                failure = error
                if not self._may_pass(error):
                    break
                continue
            self.observe(quick, time.perf_counter() - started)
            if self.show(read.state, started):
                if isinstance(read.result, Problem):
                    raise read.result
                return read.result
            failure = None
            if read.kept is not None:
                read.kept.close()
        why = type(failure).__name__ if failure else "its replica is behind"
        raise Unavailable(
            f"The database cannot be read: {why}. Is it there, and migrated? Try again in a moment.",
            headers={"Retry-After": "5"},
        ) from failure

    def show(self, state: Revision, began: float) -> bool:
        """Note that an answer of a state is about to be shown; False if a newer one was.

        `began` is when its read did, by `time.perf_counter`. Nothing else tells which is newer of two datasets, as when
        another is restored, or of two renderings: what was read before the latest was first shown is older.
        """
        latest = self.latest
        if latest is not None:
            if latest.dataset == state.dataset and latest.revision != state.revision:
                if state.revision < latest.revision:
                    return False
            elif (latest.dataset, latest.render_version) == (state.dataset, state.render_version):
                return True
            elif began < self._since:
                return False
        self.latest, self._since = state, time.perf_counter()
        for listener in self.listeners:
            listener()
        return True

    @abstractmethod
    def is_current(self) -> bool:
        """Whether `latest` is the newest state, so that what was answered in it may be sent again."""

    @abstractmethod
    async def _quick(self, ask: Ask[T]) -> _Read[T]: ...

    def _may_pass(self, _error: SQLAlchemyError) -> bool:
        """Whether a failure may be over when the question is asked again."""
        return False

    async def _slow(self, ask: Ask[T]) -> _Read[T]:
        if self._limiter is None:
            self._limiter = CapacityLimiter(self.threads)
        return await to_thread.run_sync(self._in_thread, ask, limiter=self._limiter)

    def _in_thread(self, ask: Ask[T]) -> _Read[T]:
        with ExitStack() as opened:
            connection = opened.enter_context(reading(self.engine))
            snapshot = Snapshot(connection, self._state_of(connection), opened=opened)
            return _Read(snapshot.state, _answer(ask, snapshot), snapshot.kept)

    def _state_of(self, connection: Connection) -> Revision:
        """The state that a connection sees: the latest itself where it is that, with what was found out about it."""
        state, latest = Revision.read(connection), self.latest
        return latest if latest is not None and latest == state else state

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the service runs."""
        try:
            yield
        finally:
            self.engine.dispose()

    @staticmethod
    def at(url: str) -> "Store":
        """The store of a database."""
        return SQLiteStore(url) if address(url).get_backend_name() == "sqlite" else PostgreSQLStore(url)


def _answer(ask: Ask[T], snapshot: Snapshot) -> T | Problem:
    try:
        return ask(snapshot)
    except Problem as problem:
        return problem


class SQLiteStore(Store):
    """An SQLite file. One connection belongs to the event loop, and `PRAGMA data_version` tells it of each load."""

    threads = 4  # they work here, not in a server: more of them would share the same processors, and take more memory

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._state: Revision
        self._version: int | None = None
        """What `PRAGMA data_version` was when the state was read."""
        self._looked = -LOOK_SECONDS
        """When it was last found to be so, by `time.perf_counter`."""

    def is_current(self) -> bool:
        now = time.perf_counter()
        if now - self._looked >= LOOK_SECONDS:
            try:
                if self._data_version() != self._version:
                    with self._snapshot():
                        pass
            except (SQLAlchemyError, sqlite3.Error):
                return False
            self._looked = now
        return True

    async def _quick(self, ask: Ask[T]) -> _Read[T]:
        try:
            with self._snapshot() as snapshot:
                return _Read(self._state, _answer(ask, snapshot))
        except sqlite3.Error as error:
            raise OperationalError(None, None, error) from error

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        """A reader on the connection of the event loop, and its state in `_state`."""
        connection = self._connection
        self._driver.execute("BEGIN")
        try:
            if (version := self._data_version()) != self._version:
                began = time.perf_counter()
                self._state, self._version = self._state_of(connection), version
                self.show(self._state, began)  # whatever comes of the question: `is_current` looks at versions alone
            yield Snapshot(connection, self._state, self._driver)
        finally:
            connection.rollback()  # where SQLAlchemy took part
            self._driver.rollback()

    def _data_version(self) -> int:
        """Another number after each commit of another connection; in a transaction, that of its snapshot."""
        [version] = self._driver.execute("PRAGMA data_version").fetchone()
        return int(version)

    @cached_property
    def _connection(self) -> Connection:
        return self.engine.connect().execution_options(begun=True)

    @cached_property
    def _driver(self) -> sqlite3.Connection:
        driver: Any = self._connection.connection.driver_connection
        return driver  # type: ignore[no-any-return]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with super().running():
            try:
                yield
            finally:
                self._connection.close()


class PostgreSQLStore(Store):
    """A PostgreSQL server, or several of which one is the primary; which connection leads to which may change."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._async: AsyncEngine = create_async_engine(
            address(url), connect_args=libpq_options(address(url)), **postgresql_pool()
        )
        event.listen(self._async.sync_engine, "begin", begin_postgresql)
        self._confirmed = -_TRUSTED_SECONDS

    def is_current(self) -> bool:
        return time.perf_counter() - self._confirmed < _TRUSTED_SECONDS

    async def _quick(self, ask: Ask[T]) -> _Read[T]:
        async with self._async.connect() as connection:
            return await connection.run_sync(self._on, ask)

    def _on(self, connection: Connection, ask: Ask[T]) -> _Read[T]:
        snapshot = Snapshot(connection, self._state_of(connection))
        return _Read(snapshot.state, _answer(ask, snapshot))

    def _may_pass(self, error: SQLAlchemyError) -> bool:
        if isinstance(error, PoolTimeoutError):  # who asks has waited long enough
            return False
        return getattr(getattr(error, "orig", None), "sqlstate", None) != _QUERY_CANCELED

    async def _follow(self) -> None:
        """Ask for the state again and again. An answer of a replica that is behind confirms nothing."""
        while True:
            began = time.perf_counter()
            with suppress(Exception):  # whatever it is, it confirms nothing, and questions will say what it is
                read = await self._quick(lambda _snapshot: None)
                if self.show(read.state, began):
                    self._confirmed = began
            await asyncio.sleep(POLL_SECONDS)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with super().running():
            following = asyncio.create_task(self._follow())
            try:
                yield
            finally:
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following
                await self._async.dispose()
