"""Evidence: quotes that support records, as W3C Web Annotation selectors; and mentions of actors."""

from pydantic import Field, model_validator
from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.shape import Ref, Shape, Slug, Text

QUOTE_LENGTH = 300
CONTEXT_LENGTH = 32


class EvidenceRow(SQLModel, table=True):
    """A quote that supports a record. `id` is a hash of the record, the document and the words."""

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "passage"], ["passage.document_id", "passage.number"]),
        CheckConstraint('0 <= start AND start < "end"', "offsets"),
        CheckConstraint(f'"end" - start <= {QUOTE_LENGTH}', "length"),
        Index(None, "record_id", "document_id", "start"),
        Index(None, "document_id", "start"),
    )

    id: str = Column(primary_key=True)
    record_id: int = Column(foreign_key="record.id", ondelete="CASCADE")
    document_id: int
    passage: int
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    supports: list[str] = Column(sa_type=JSON)


class Mention(SQLModel, table=True):
    """A mention of an actor in a document. Mentions of one document are equal in their offsets or do not overlap."""

    __table_args__ = (
        ForeignKeyConstraint(["document_id", "passage"], ["passage.document_id", "passage.number"]),
        CheckConstraint('0 <= start AND start < "end"', "offsets"),
        Index(None, "actor_id", "document_id", "start"),
    )

    document_id: int = Column(primary_key=True)
    start: int = Column(primary_key=True)
    end: int
    passage: int
    exact: str
    actor_id: int = Column(foreign_key="actor.id", primary_key=True)


class Anchor(Shape):
    """A range of a document's text. Offsets count Unicode code points from 0; `end` is exclusive."""

    passage: int = Field(description="The number of the passage.", examples=[5])
    start: int = Field(
        description="Offset of the first character, in Unicode code points from 0 (not UTF-16 units as in JavaScript).",
        examples=[1580],
    )
    end: int = Field(description="Offset after the last character.", examples=[1602])
    exact: str = Field(description="The words; equal to `text[start:end]`.", examples=["In mid-March this year"])


class QuoteIdentity(Shape):
    """The first field of a quote."""

    id: str = Field(
        description="The id of the quote: a hash of the record, the document and the words. Edits elsewhere in the "
        "text don't change it."
    )


class Evidence(Anchor, QuoteIdentity):
    """A quote of a record's own document: a W3C TextPositionSelector and TextQuoteSelector together."""

    prefix: str = Field(description=f"Up to {CONTEXT_LENGTH} characters before the quote.")
    suffix: str = Field(description=f"Up to {CONTEXT_LENGTH} characters after the quote.")
    supports: list[str] = Field(
        description="JSON Pointers (RFC 6901) to the supported parts of the record; empty for the whole record.",
        examples=[["/date"]],
    )


class QuoteOrigin(QuoteIdentity):
    """The first fields of a quote in a list."""

    record: Ref = Field(description="The record that the quote supports.")
    document: Ref = Field(description="The document that is quoted.")


class EvidenceItem(Evidence, QuoteOrigin):
    """A quote, with the record that it supports."""


class MentionOrigin(Shape):
    """The first fields of a mention."""

    actor: Ref = Field(description="The actor that is mentioned.")
    document: Ref = Field(description="The document that mentions it.")


class MentionPublic(Anchor, MentionOrigin):
    """A place where a document mentions an actor by name or alias."""


class Place(Shape):
    """The passage and the occurrence, for words that occur more than once."""

    passage: int | None = Field(default=None, ge=1, description="The number of the passage to search.")
    occurrence: int | None = Field(default=None, ge=1, description="The number of the occurrence there, from 1.")


class Quote(Place):
    """A quote in a bundle: an object, or a string for words that occur once."""

    exact: str = Field(min_length=1, max_length=QUOTE_LENGTH, description="The words, as in the document.")
    supports: list[str] = Field(default=[], description="JSON Pointers to the supported parts of the record.")

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: object) -> object:
        return {"exact": value} if isinstance(value, str) else value


class MentionException(Place):
    """An exception to the rule that the longest name at a place is a mention of its actor."""

    text: Text = Field(description="The words, as in the document.")
    actor: Slug | None = Field(description="The id of the actor that the words mean there; null: no actor.")
