"""Rows of the open vocabularies: built-in terms, and terms that bundles add."""

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.shape import Shape, TermName, Text


class OpenTerm(SQLModel):
    """A term of an open vocabulary. `document_id` is the document that added it; null: built in."""

    term: str = Column(primary_key=True)
    label: str
    definition: str
    parent: str | None = None
    source: str
    document_id: int | None = Column(default=None, foreign_key="record.id", index=True)


class Topic(OpenTerm, table=True):
    """A topic of records."""


class Metric(OpenTerm, table=True):
    """A measure of figures."""


class Unit(OpenTerm, table=True):
    """A unit of figures."""


OPEN_TERMS: dict[str, type[OpenTerm]] = {"metric": Metric, "unit": Unit, "topic": Topic}


class TermDraft(Shape):
    """A term that a bundle adds to an open vocabulary."""

    term: TermName = Field(description="The term, in lower snake_case.")
    label: Text = Field(description="The label for people.")
    definition: Text = Field(description="The meaning, in a sentence.")
