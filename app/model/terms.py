"""Terms of the open vocabularies, as rows: those that Dossier brings and those that bundles add."""

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.shape import Shape, TermName, Text


class OpenTerm(SQLModel):
    """A term of an open vocabulary; `document_id` is the document whose bundle added it."""

    term: str = Column(primary_key=True)
    label: str
    definition: str
    parent: str | None = None
    source: str
    document_id: int | None = Column(default=None, foreign_key="record.id", index=True)


class Topic(OpenTerm, table=True):
    """What a record is about."""


class Metric(OpenTerm, table=True):
    """What a figure measures."""


class Unit(OpenTerm, table=True):
    """What a figure counts in."""


OPEN_TERMS: dict[str, type[OpenTerm]] = {"metric": Metric, "unit": Unit, "topic": Topic}


class TermDraft(Shape):
    """A term that a bundle adds to an open vocabulary."""

    term: TermName = Field(description="The term, in lower snake_case.")
    label: Text = Field(description="What people read.")
    definition: Text = Field(description="What it means, in a sentence.")
