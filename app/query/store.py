"""Reading: each read sees one revision, never an older one than this process has already shown.

Quick reads run in the event loop: on SQLite they take less time than the switch to a thread, and on PostgreSQL the
driver is asynchronous. Slow reads run in a thread.
"""

import asyncio
import os
import sqlite3
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.database.engine import address, connect, immutable, postgresql_options
from app.database.interruption import Interruption, interrupted
from app.database.transactions import reading, unavailable
from app.problems import RETRY, Busy, Moved, Problem, Unavailable
from app.query.snapshot import Revision, Snapshot
from app.query.watch import Abandonment, Watch

T = TypeVar("T")
Query = Callable[[Snapshot], T]

LOOK_SECONDS = 0.005
"""Time between checks of SQLite's version. At thousands of requests a second, a check for each takes a tenth of it."""
POLL_SECONDS = 0.2
"""Time between reads of PostgreSQL's revision."""
_NICENESS = 2
"""The priority of threads that read, from 0 (normal) to 19 (lowest)."""
_STOP_SECONDS = 5
"""Time that a stopping service gives the poll in progress."""
_TRUSTED_SECONDS = 5 * POLL_SECONDS
"""Time for which PostgreSQL's revision counts as current after it was read."""
_PAUSES = (0.0, 0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 0.8, 0.8)
"""Seconds before each attempt, so that a replica can catch up or another host take over."""
_PATIENCE_SECONDS = 8.0
"""No attempt starts after this time. If hosts are silent, each attempt takes seconds."""


@dataclass(frozen=True)
class ReadLimits:
    """The limits of reads: see the settings of these names."""

    query_seconds: float = 10
    streams: int = 8
    stream_seconds: float = 600


@dataclass
class _Read(Generic[T]):
    """The revision that a read saw, and its result or problem."""

    revision: Revision
    result: T | Problem | Moved
    kept: ExitStack = field(default_factory=ExitStack)
    """Closes the connection, if the result still reads from it."""


class Store(ABC):
    """A database to read from."""

    threads = 8
    """The maximum number of slow reads at a time. Others wait."""

    def __init__(self, url: str, limits: ReadLimits) -> None:
        self.engine = connect(url)
        self.limits = limits
        self.latest: Revision | None = None
        """The newest revision that was shown."""
        self._shown_at = 0.0
        """Time at which `latest` was first shown, by `time.perf_counter`."""
        self.listeners: list[Callable[[], None]] = []
        """Called when `latest` changes."""
        self.observe: Callable[[bool, float], None] = lambda _quick, _seconds: None
        """Called after each read, also one that fails."""
        self._limiter: CapacityLimiter | None = None
        self._streams = threading.BoundedSemaphore(limits.streams)

    async def read(self, query: Query[T], *, quick: bool, abandoned: Abandonment | None = None) -> T:
        """Run a query on a snapshot: in the event loop if it is quick, else in a thread.

        Raises the problem that the query raises, Busy if it takes too long, or Unavailable if the database cannot be
        read or stays behind a revision that was already shown. A slow read ends with the exception Abandoned when
        `abandoned` returns.
        """
        failure: Exception | None = None
        begun = time.perf_counter()
        for pause in _PAUSES:
            if pause:
                await asyncio.sleep(pause)
            started = time.perf_counter()
            if started - begun > _PATIENCE_SECONDS:
                break
            try:
                self._reopen_if_replaced()
                try:
                    read = await (self._quick(query) if quick else self._slow(query, abandoned))
                finally:  # also if the time is up
                    self.observe(quick, time.perf_counter() - started)
            except (DBAPIError, PoolTimeoutError) as error:
                if interrupted(error):
                    raise self._too_slow() from error
                if isinstance(error, DBAPIError) and not unavailable(error):
                    raise
                failure = error
                if not self._is_transient(error):
                    break
                continue
            if self.show(read.revision, started):
                if isinstance(read.result, Problem | Moved):
                    raise read.result
                return read.result
            failure = None
            read.kept.close()
        why = type(failure).__name__ if failure else "its replica is behind"
        raise Unavailable(
            f"The database cannot be read: {why}. Is it there, and migrated? Try again in a moment.", headers=RETRY
        ) from failure

    def show(self, revision: Revision, began: float) -> bool:
        """Record that a response shows a revision. False if a newer one was already shown.

        `began` is the time at which the read began, by `time.perf_counter`. A replica with a lower revision is behind.
        Elsewhere the database was replaced or restored, unless the read began before `latest` was first shown.
        """
        latest = self.latest
        if latest == revision:
            return True
        if latest is not None and not (latest.dataset == revision.dataset and latest.revision < revision.revision):
            behind = revision.replica and latest.dataset == revision.dataset and latest.revision > revision.revision
            if behind or began < self._shown_at:
                return False
        self.latest, self._shown_at = revision, time.perf_counter()
        for listener in self.listeners:
            listener()
        return True

    @abstractmethod
    def is_current(self) -> bool:
        """True if `latest` is still the newest revision, so that cached responses are valid."""

    @abstractmethod
    async def _quick(self, query: Query[T]) -> _Read[T]: ...

    def _reopen_if_replaced(self) -> None:  # noqa: B027  (only a file can be replaced)
        """Open the database again if another has taken its place. Raises Unavailable if it is gone."""

    def _is_transient(self, _error: SQLAlchemyError) -> bool:
        """True if another attempt may succeed."""
        return False

    async def _slow(self, query: Query[T], abandoned: Abandonment | None) -> _Read[T]:
        """Read in a thread. The time for the query includes that for which it waits for a thread."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self.threads)
        watch = Watch(self.limits.query_seconds, self._too_slow(), abandoned)
        read: _Read[T] | None = None
        try:
            with watch.waiting:
                read = await to_thread.run_sync(self._in_thread, query, watch.interruption, limiter=self._limiter)
        except DBAPIError as error:
            if watch.reason is None or not interrupted(error):
                raise
        finally:
            watch.close()
        if read is not None and watch.reason is None:
            return read
        if read is not None:
            read.kept.close()
        raise watch.reason or self._too_slow()

    def _in_thread(self, query: Query[T], interruption: Interruption) -> _Read[T]:
        _yield_to_event_loop()
        with ExitStack() as opened:
            connection = opened.enter_context(reading(self.engine))

            def keep() -> ExitStack:
                if not self._streams.acquire(blocking=False):
                    raise Busy(f"{self.limits.streams} files are being sent already. Try again later.", headers=RETRY)
                opened.callback(self._streams.release)
                return opened.pop_all()

            snapshot = Snapshot(connection, self._revision_of(connection), keep=keep)
            snapshot.stream_until = time.monotonic() + self.limits.stream_seconds
            with interruption.of(connection):
                return _Read(snapshot.state, _result(query, snapshot), snapshot.kept)

    def _too_slow(self) -> Busy:
        return Busy(
            f"The query took longer than {self.limits.query_seconds:g} seconds. Ask for less, or try again later.",
            headers=RETRY,
        )

    def _revision_of(self, connection: Connection) -> Revision:
        """The revision that a connection sees: `latest` itself if they are equal, to use its cached values."""
        revision, latest = Revision.read(connection), self.latest
        return latest if latest is not None and latest == revision else revision

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Close the connections at the end."""
        try:
            yield
        finally:
            self.engine.dispose()

    @staticmethod
    def at(url: str, limits: ReadLimits = ReadLimits()) -> "Store":
        """The store of a database."""
        store = SQLiteStore if address(url).get_backend_name() == "sqlite" else PostgreSQLStore
        return store(url, limits)


def _yield_to_event_loop() -> None:
    """Give this thread a lower priority than the event loop. Only on Linux do threads have priorities of their own."""
    if sys.platform == "linux" and os.getpriority(os.PRIO_PROCESS, thread := threading.get_native_id()) < _NICENESS:
        os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)


def _result(query: Query[T], snapshot: Snapshot) -> T | Problem | Moved:
    try:
        return query(snapshot)
    except (Problem, Moved) as instead:
        return instead


class _OpenFile(NamedTuple):
    """The connection of the event loop, and the file that it reads."""

    connection: Connection
    driver: sqlite3.Connection
    path: str
    """Empty for a database in memory."""
    fixed: bool
    """True if SQLite reads the file as one that nobody changes."""
    file: tuple[int, ...] | None


class SQLiteStore(Store):
    """An SQLite file. The event loop has its own connection, and detects loads by `PRAGMA data_version`."""

    threads = max(2, min(4, os.cpu_count() or 1))  # they compete for the processors, and each takes memory

    def __init__(self, url: str, limits: ReadLimits) -> None:
        super().__init__(url, limits)
        self._revision: Revision
        self._version: int | None = None
        """`PRAGMA data_version` when `_revision` was read."""
        self._checked_at = -LOOK_SECONDS
        """Time of the last check of the version, by `time.perf_counter`."""

    def is_current(self) -> bool:
        now = time.perf_counter()
        if now - self._checked_at >= LOOK_SECONDS:
            try:
                self._reopen_if_replaced()
                if self._data_version() != self._version:
                    with self._snapshot():
                        pass
            except (SQLAlchemyError, sqlite3.Error, Unavailable):
                return False
            self._checked_at = now
        return True

    async def _quick(self, query: Query[T]) -> _Read[T]:
        try:
            with self._snapshot() as snapshot:
                return _Read(self._revision, _result(query, snapshot))
        except sqlite3.Error as error:
            raise OperationalError(None, None, error) from error

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        """A snapshot on the connection of the event loop. Updates `_revision`."""
        connection, driver = self._open.connection, self._open.driver
        driver.execute("BEGIN")
        try:
            if (version := self._data_version()) != self._version:
                began = time.perf_counter()
                self._revision, self._version = self._revision_of(connection), version
                self.show(self._revision, began)  # even if the query fails: `is_current` only compares versions
            yield Snapshot(connection, self._revision, driver)
        finally:
            connection.rollback()  # SQLAlchemy's transaction, if a statement began one
            driver.rollback()

    def _data_version(self) -> int:
        """A number that changes with each commit of another connection. In a transaction, it is the snapshot's."""
        return int(self._open.driver.execute("PRAGMA data_version").fetchone()[0])

    def _reopen_if_replaced(self) -> None:
        opened = self._open
        if opened.path and _file_at(opened.path, opened.fixed) != opened.file:
            self._close()

    @cached_property
    def _open(self) -> _OpenFile:
        connection = self.engine.connect().execution_options(begun=True)
        driver: Any = connection.connection.driver_connection
        path = driver.execute("PRAGMA database_list").fetchone()[2]
        fixed = bool(path) and immutable(Path(path))
        return _OpenFile(connection, driver, path, fixed, _file_at(path, fixed) if path else None)

    def _close(self) -> None:
        if "_open" in vars(self):
            self._open.connection.close()
            del self._open
        self._version = None
        self.engine.dispose()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._close()


def _file_at(path: str, fixed: bool) -> tuple[int, ...]:
    """The identity of a file: its device and its inode. Raises Unavailable if there is none.

    A `fixed` file is read as one that nobody changes. Its time, and the journal of a writer, belong to its identity.
    """
    try:
        found = os.stat(path)  # noqa: PTH116  (for each read: a Path would take longer than the call)
    except OSError as error:
        raise Unavailable(f"The database file cannot be read: {error.strerror}.", headers=RETRY) from error
    identity = (found.st_dev, found.st_ino)
    return (*identity, found.st_mtime_ns, os.path.exists(f"{path}-wal")) if fixed else identity  # noqa: PTH110


class PostgreSQLStore(Store):
    """A PostgreSQL server, or several: one primary and its replicas. Any connection may lead to any of them."""

    def __init__(self, url: str, limits: ReadLimits) -> None:
        super().__init__(url, limits)
        self._async: AsyncEngine = create_async_engine(address(url), **postgresql_options(address(url)))
        self._confirmed_at = -_TRUSTED_SECONDS

    def is_current(self) -> bool:
        return time.perf_counter() - self._confirmed_at < _TRUSTED_SECONDS

    async def _quick(self, query: Query[T]) -> _Read[T]:
        async with self._async.connect() as connection:
            return await connection.run_sync(self._on, query)

    def _on(self, connection: Connection, query: Query[T]) -> _Read[T]:
        snapshot = Snapshot(connection, self._revision_of(connection))
        return _Read(snapshot.state, _result(query, snapshot))

    def _is_transient(self, error: SQLAlchemyError) -> bool:
        return not isinstance(error, PoolTimeoutError)  # the client has waited long enough

    async def _poll(self, stopping: asyncio.Event) -> None:
        """Read the revision repeatedly, so that `is_current` can trust it. Replicas that are behind don't count."""
        while not stopping.is_set():
            began = time.perf_counter()
            with suppress(Exception):  # requests report the error
                read = await self._quick(lambda _snapshot: None)
                if self.show(read.revision, began):
                    self._confirmed_at = began
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), POLL_SECONDS)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with super().running():
            stopping = asyncio.Event()
            polling = asyncio.create_task(self._poll(stopping))
            try:
                yield
            finally:
                stopping.set()  # a poll that is cancelled while it connects leaves its connection open
                with suppress(TimeoutError):
                    await asyncio.wait_for(polling, _STOP_SECONDS)
                await self._async.dispose()
