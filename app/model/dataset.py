"""The dataset: its identity, its revision, and the log of changes."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import closed
from app.model.shape import KindName

RENDER_VERSION = 4
"""Raise it when the public JSON of the same rows changes: databases are then rendered again when they are opened."""


class Dataset(SQLModel, table=True):
    """The identity and revision of the dataset, in the only row of the table."""

    __table_args__ = (CheckConstraint("id = 1", "single"),)

    id: int = Column(default=1, primary_key=True)
    uuid: str  # random, made with the database
    secret: str  # signs the cursors
    revision: int = 0
    token: str  # that of the last load
    updated_at: str
    render_version: int


class Load(SQLModel, table=True):
    """A load that raised the revision, with its random token."""

    revision: int = Column(primary_key=True)
    token: str
    at: str


class ChangeType(StrEnum):
    """The type of a change to a record."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    MERGED = "merged"


class Change(SQLModel, table=True):
    """An entry of the change feed. The last entry of a deleted or merged record makes its path answer 410."""

    __table_args__ = (Index(None, "kind", "slug", "revision"),)

    id: int | None = Column(default=None, primary_key=True)
    revision: int = Column(index=True)
    at: str
    change: ChangeType = closed(ChangeType)
    kind: KindName = closed(KindName)
    slug: str
    name: str
    document: str  # the id of the document that introduced the record, or of the record if it is one
    left: str | None = None  # the id of the document that it was in before, if that was another
