"""The dataset as a whole: its identity, its revision, and the log of its changes."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import closed
from app.model.shape import KindName

RENDER_VERSION = 2
"""Raised whenever the public JSON of the same rows changes; `serve` then renders everything anew."""


class Dataset(SQLModel, table=True):
    """The one row that says which dataset this is, and which revision."""

    __table_args__ = (CheckConstraint("id = 1", "single"),)

    id: int = Column(default=1, primary_key=True)
    uuid: str  # random, born with the database
    secret: str  # signs the cursors
    revision: int = 0
    updated_at: str
    render_version: int


class ChangeType(StrEnum):
    """What happened to a record in a revision."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


class Change(SQLModel, table=True):
    """A line of the change feed. The last one of a deleted record is why its path answers 410."""

    __table_args__ = (Index(None, "kind", "slug", "revision"),)

    id: int | None = Column(default=None, primary_key=True)
    revision: int = Column(index=True)
    at: str
    change: ChangeType = closed(ChangeType)
    kind: KindName = closed(KindName)
    slug: str
    name: str
