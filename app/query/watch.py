"""Ends a read that takes too long, or for whose result nobody waits any more."""

import asyncio
from collections.abc import Awaitable, Callable

from anyio import CancelScope

from app.database.interruption import Interruption

_AGAIN_SECONDS = 0.05
"""Time between interruptions: a read may have further queries."""

Abandonment = Callable[[], Awaitable[None]]
"""Returns when nobody waits for a result any more."""


class Abandoned(Exception):
    """A read ended because nobody waits for its result."""


class Watch:
    """Watches one read in a thread. Once it ends the read, `reason` has the exception to raise.

    `waiting` ends the wait for a thread, and `interruption` the queries of a thread that reads.
    """

    def __init__(self, seconds: float, too_slow: Exception, abandoned: Abandonment | None) -> None:
        self.reason: Exception | None = None
        self.interruption = Interruption()
        self.waiting = CancelScope()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(seconds, self._end, too_slow)
        self._client = self._loop.create_task(self._end_after(abandoned)) if abandoned else None

    def close(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        if self._client:
            self._client.cancel()

    async def _end_after(self, abandoned: Abandonment) -> None:
        await abandoned()
        self._end(Abandoned())

    def _end(self, reason: Exception) -> None:
        if self.reason is None:
            self.reason = reason
            self.waiting.cancel()
            self._interrupt()

    def _interrupt(self) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(_AGAIN_SECONDS, self._interrupt)
        self._loop.run_in_executor(None, self.interruption.interrupt)  # PostgreSQL needs a connection for it
