"""Output of the commands: results on standard output, problems and progress on standard error."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from app.bundle.progress import Track

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class Stream:
    """Standard output or standard error. Rich is imported at the first print."""

    def __init__(self, *, stderr: bool) -> None:
        self._stderr = stderr

    @cached_property
    def console(self) -> "Console":
        """The Rich console of the stream."""
        from rich.console import Console

        return Console(stderr=self._stderr, soft_wrap=True, markup=False, emoji=False)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as Rich's console does."""
        self.console.print(*objects, **options)


out, err = Stream(stderr=False), Stream(stderr=True)


def fail(reason: str, code: int = 1) -> NoReturn:
    """Print why a command failed, and end it. The exit code is 2 for mistakes in the settings and the surroundings."""
    err.print(reason, highlight=False)
    raise typer.Exit(code) from None


def counted(number: int, noun: str) -> str:
    """A number and its noun: `1 record`, `2 records`."""
    return f"{number} {noun}{'s'[: number != 1]}"


@contextmanager
def progress() -> Iterator[Track]:
    """Show a progress bar for each tracked collection, on a terminal only. The bars are removed at the end."""
    with _bars() as shown:
        yield shown.track


@contextmanager
def meter(description: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar. Yields the function that sets it, from the work done and the total."""
    with _bars() as shown:
        task = shown.add_task(description, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _bars() -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err.console, transient=True, disable=not err.console.is_terminal)


@contextmanager
def new_file(file: Path, mode: int = 0o666) -> Iterator[Path]:
    """An empty file, which gets its name when it is complete."""
    part = file.with_name(f"{file.name}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, mode))
    except FileExistsError:
        fail(f"{part}: another command writes this file, or was killed; delete it then", 2)
    try:
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
