"""Evidence: the exact words that support a record, as W3C Web Annotation selectors; and mentions of actors."""

from pydantic import Field, model_validator
from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.shape import Ref, Shape, Slug, Text

QUOTE_LENGTH = 300
CONTEXT_LENGTH = 32


class EvidenceRow(SQLModel, table=True):
    """A quote behind a record. `id` is made from what it says, so that it outlives a reload."""

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
    """A place where a document speaks of an actor. Mentions of one document never overlap."""

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
    actor_id: int = Column(foreign_key="actor.id")


class Anchor(Shape):
    """A place in a document's text. Offsets count Unicode code points from 0; `end` is exclusive."""

    document: Ref = Field(description="The document.")
    passage: int = Field(description="The passage, by number.", examples=[5])
    start: int = Field(
        description="Offset of the first character in the document's text, in Unicode code points from 0 "
        "(JavaScript strings count UTF-16 units instead).",
        examples=[1580],
    )
    end: int = Field(description="Offset after the last character.", examples=[1602])
    exact: str = Field(description="The words: exactly `text[start:end]`.", examples=["In mid-March this year"])


class QuoteIdentity(Shape):
    """What a quote is known by."""

    id: str = Field(description="Identifies the quote; the same as long as the record cites the same words.")


class QuoteContext(Shape):
    """What stands around a quote, and what the quote backs."""

    prefix: str = Field(description=f"Up to {CONTEXT_LENGTH} characters before the quote.")
    suffix: str = Field(description=f"Up to {CONTEXT_LENGTH} characters after the quote.")
    supports: list[str] = Field(
        description="JSON Pointers (RFC 6901) into the record, to the parts that the quote backs; "
        "empty where it backs the record as a whole.",
        examples=[["/date"]],
    )


class Evidence(QuoteContext, Anchor, QuoteIdentity):
    """A quote: a W3C TextPositionSelector and TextQuoteSelector in one."""


class Place(Shape):
    """Which occurrence of some words is meant, for words that occur more than once."""

    passage: int | None = Field(default=None, ge=1, description="Look in this passage only.")
    occurrence: int | None = Field(default=None, ge=1, description="The first, second … time the words occur there.")


class Quote(Place):
    """A quote in a bundle: the words alone, where they occur once; a bare string will do."""

    exact: str = Field(min_length=1, max_length=QUOTE_LENGTH, description="The words, as printed in the document.")
    supports: list[str] = Field(default=[], description="JSON Pointers to the parts of the record that it backs.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"exact": value} if isinstance(value, str) else value


class MentionException(Place):
    """What a name means at one place (or wherever the place leaves open), against the rule of the longest name."""

    text: Text = Field(description="The words, as printed in the document.")
    actor: Slug | None = Field(description="The actor they mean there, by its id; null: none.")
