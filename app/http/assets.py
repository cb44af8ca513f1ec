"""Files of the code that are served: scripts, styles and pictures."""

import hashlib
from collections.abc import Mapping
from mimetypes import guess_type
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.http.responses import CACHE


def files_of(folder: Path) -> Mapping[str, Path]:
    """The files of a folder by their paths in it."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def answer_file(files: Mapping[str, Path], name: str) -> Response:
    """A file as a response in one piece, so that it is cached in the form in which it is sent. `Range` is ignored.

    Raises HTTPException if there is none.
    """
    if name not in files:
        raise HTTPException(404)
    content = files[name].read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return Response(content, headers=CACHE | {"ETag": tag}, media_type=guess_type(name)[0])
