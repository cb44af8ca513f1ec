"""Where commands say something: results on stdout; problems, and how far long work is, on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.bundle.progress import Track

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class Stream:
    """Standard output, or standard error, for people. Rich is imported when something is said."""

    def __init__(self, *, stderr: bool) -> None:
        self._stderr = stderr

    @cached_property
    def console(self) -> "Console":
        """Rich's console of it."""
        from rich.console import Console

        return Console(stderr=self._stderr, soft_wrap=True, markup=False, emoji=False)

    def print(self, *said: Any, **how: Any) -> None:
        """Say something, as Rich's console does."""
        self.console.print(*said, **how)


out, err = Stream(stderr=False), Stream(stderr=True)


@contextmanager
def progress() -> Iterator[Track]:
    """A bar for each thing that is tracked, gone at the end; none where nobody watches."""
    with _bars() as shown:
        yield shown.track


@contextmanager
def meter(description: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that is told how much is done, and of how much."""
    with _bars() as shown:
        task = shown.add_task(description, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _bars() -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err.console, transient=True, disable=not err.console.is_terminal)
