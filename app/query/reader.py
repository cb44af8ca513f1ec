"""A reader: one state of the database, and what identifies it."""

import hashlib
from typing import Any

from sqlalchemy import Connection, select

from app.model.dataset import Dataset
from app.model.layout import table_of

DATASET = table_of(Dataset)
_DATASET = select(DATASET)


class Reader:
    """A connection that sees one revision of the dataset throughout."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        row = connection.execute(_DATASET).one()
        self.dataset: str = row.uuid
        self.secret: str = row.secret
        self.revision: int = row.revision
        self.updated_at: str = row.updated_at
        self.render_version: int = row.render_version

    def etag(self, media_type: str) -> str:
        """A strong entity tag of what is served as `media_type` in this revision, before content coding."""
        state = f"{self.dataset} {self.revision} {self.render_version} {media_type}"
        return f'"{self.revision}-{hashlib.sha256(state.encode()).hexdigest()[:16]}"'

    def rows(self, statement: Any) -> list[Any]:
        """Every row that a statement finds."""
        return list(self.connection.execute(statement))
