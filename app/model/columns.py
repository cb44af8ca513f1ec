"""Recurring columns and rows: terms of closed vocabularies, keys of records, references, items of lists."""

from enum import StrEnum
from typing import Any

from pydantic.alias_generators import to_snake
from sqlalchemy import Enum, String, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import declared_attr
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import AutoString

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# Text is sorted by code points on every database. PostgreSQL needs a collation for it.
@compiles(AutoString, "postgresql")
def _text(type_: AutoString, compiler: Any, **options: Any) -> str:
    return f'{compiler.visit_type_decorator(type_, **options)} COLLATE "C"'


@compiles(Enum, "postgresql")
def _term(type_: Enum, compiler: Any, **options: Any) -> str:
    return f'{compiler.visit_enum(type_, **options)} COLLATE "C"'


class CodePoints(FunctionElement[str]):
    """A computed text, sorted by code points. Columns are sorted so by their types."""

    type = String()
    inherit_cache = True


@compiles(CodePoints)
def _computed(element: CodePoints, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(CodePoints, "postgresql")
def _computed_on_postgresql(element: CodePoints, compiler: Any, **options: Any) -> str:
    return f'(({compiler.process(element.clauses, **options)}) COLLATE "C")'


def table_of(model: type[SQLModel]) -> Table:
    """The table of a SQLModel class."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


def closed(vocabulary: type[StrEnum], *, null: bool = False, index: bool = False) -> Any:
    """A text column that holds one term of a closed vocabulary, and is read as its enum.

    The database does not check the term: Pydantic does, when a bundle is read.
    """
    return Field(
        default=None if null else ...,
        nullable=null,
        index=index,
        sa_type=Enum(vocabulary, native_enum=False, values_callable=lambda terms: [*map(str, terms)], length=40),
    )


def record_key() -> Any:
    """The primary key of a kind's table: the key of the record."""
    return Field(foreign_key="record.id", primary_key=True, ondelete="CASCADE")


def foreign_key(table: str, *, null: bool = False) -> Any:
    """A foreign key to the table of a kind, or to `record` for any kind."""
    return Field(default=None if null else ..., foreign_key=f"{table}.id", nullable=null, index=True)


class Part(SQLModel):
    """Base of the rows of a list: the record that has the list, and the position."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805
        """The name of the table: `actor_alias` for `ActorAlias`."""
        return to_snake(cls.__name__)

    owner_id: int = Field(foreign_key="record.id", primary_key=True, ondelete="CASCADE")
    ordinal: int = Field(primary_key=True, ge=0)


class RecordPart(Part):
    """Base of the rows of a list of references to records of any kind."""

    target_id: int = foreign_key("record")
