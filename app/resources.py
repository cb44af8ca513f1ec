"""Folders beside the code: a wheel carries them inside the package, a checkout has them beside it."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


DOCS = _folder("docs")
MIGRATIONS = _folder("migrations")
SEED = _folder("seed")
