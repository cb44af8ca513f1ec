"""Answers of Dossier, kept so that others can send the same bytes."""

import os
import pickle
from dataclasses import dataclass
from pathlib import Path

ANSWERS = "BENCH_ANSWERS"
"""The environment variable that names the file."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers as they were sent, and a body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def etag(self) -> bytes:
        """Its entity tag; empty where it has none."""
        return next((value for name, value in self.headers if name == b"etag"), b"")


def kept() -> dict[str, Answer]:
    """The answers in the file that the environment names, by path and query."""
    content: dict[str, Answer] = pickle.loads(Path(os.environ[ANSWERS]).read_bytes())
    return content


def keep(answers: dict[str, Answer], file: Path) -> None:
    """Write answers for `kept` to read."""
    file.write_bytes(pickle.dumps(answers))
