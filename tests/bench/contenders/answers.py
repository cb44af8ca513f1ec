"""Stored responses of Dossier, which other contenders replay byte for byte."""

import os
import pickle
from dataclasses import dataclass
from pathlib import Path

ANSWERS = "BENCH_ANSWERS"
"""Environment variable with the path of the file."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored response: status, headers as sent, and body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def etag(self) -> bytes:
        """The `ETag` header, or empty if there is none."""
        return next((value for name, value in self.headers if name == b"etag"), b"")


def stored() -> dict[str, Answer]:
    """Read the stored responses by path and query, from the file named by the environment."""
    content: dict[str, Answer] = pickle.loads(Path(os.environ[ANSWERS]).read_bytes())
    return content


def store(answers: dict[str, Answer], file: Path) -> None:
    """Write responses to a file, for `stored`."""
    file.write_bytes(pickle.dumps(answers))
