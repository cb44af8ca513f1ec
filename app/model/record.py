"""Records of every kind: their row, topics and dates, and the fields that all shapes share."""

from datetime import date, datetime

from pydantic import Field
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import closed, table_of
from app.model.evidence import Evidence, Quote
from app.model.shape import SLUG_LENGTH, KindName, Ref, Shape, Slug, TermName, Text


class Record(SQLModel, table=True):
    """A record of any kind: its identity, sort keys, and rendered JSON."""

    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        CheckConstraint("earliest <= latest", "date_order"),
        CheckConstraint("(kind = 'document') = (document_id IS NULL)", "introduced"),
        Index(None, "kind", "sort_name", "slug"),
        # Lists are read in the order of an index; those in descending order are below. The indexes by date have all
        # that filters by date need, so that these do not read the rows, which hold all the JSON.
        Index(None, "kind", "earliest", "slug", "latest"),
        Index(None, "kind", "evidence_count", "slug"),
        Index(None, "kind", "revision", "slug"),
        Index(None, "kind", "position", "slug"),
        Index(None, "day", "kind", "slug", "earliest", "latest", "date_of_id"),
    )

    id: int = Column(primary_key=True)
    kind: KindName = closed(KindName)
    slug: str = Column(max_length=SLUG_LENGTH)
    document_id: int | None = Column(default=None, foreign_key="record.id", index=True)
    name: str
    sort_name: str  # `sort_key` of the name
    summary: str
    earliest: date | None = None
    latest: date | None = None
    # The place in the timeline: `earliest` or, if that is open, `latest`; if the record has no date, those of an event.
    day: date | None = None
    date_of_id: int | None = Column(default=None, foreign_key="record.id", index=True)  # that event
    position: str | None = None  # `position_of` the public JSON, to sort by
    evidence_count: int = 0
    mention_count: int = Column(default=0, sa_column_kwargs={"server_default": "0"})  # of an actor
    revision: int = 0
    updated_at: str = ""
    body: str = ""  # the public JSON, rendered at write


_record = table_of(Record).c
Index("ix_record_kind_earliest_desc_slug_latest", _record.kind, _record.earliest.desc(), _record.slug, _record.latest)
for _key in ("sort_name", "evidence_count", "revision", "position"):
    Index(f"ix_record_kind_{_key}_desc_slug", _record.kind, _record[_key].desc(), _record.slug)
Index(
    "ix_record_day_desc_kind_slug_earliest_latest_date_of_id",
    _record.day.desc(),
    *(_record[name] for name in ("kind", "slug", "earliest", "latest", "date_of_id")),
)


class FormerId(SQLModel, table=True):
    """A former id of a record. Its paths forward to the record."""

    __tablename__ = "former_id"
    __table_args__ = (UniqueConstraint("kind", "slug"),)

    record_id: int = Column(foreign_key="record.id", primary_key=True, ondelete="CASCADE")
    ordinal: int = Column(primary_key=True)
    kind: KindName = closed(KindName)  # that of the record
    slug: str = Column(max_length=SLUG_LENGTH)


class RecordTopic(SQLModel, table=True):
    """A topic of a record."""

    __tablename__ = "record_topic"
    __table_args__ = (Index(None, "topic", "record_id"),)

    record_id: int = Column(foreign_key="record.id", primary_key=True, ondelete="CASCADE")
    ordinal: int = Column(primary_key=True)
    topic: str = Column(foreign_key="topic.term")


class RecordActor(SQLModel, table=True):
    """An actor of a record, derived when the record is loaded: see `Provenance.actors`."""

    __tablename__ = "record_actor"
    __table_args__ = (Index(None, "actor_id", "record_id"),)

    record_id: int = Column(foreign_key="record.id", primary_key=True, ondelete="CASCADE")
    actor_id: int = Column(foreign_key="actor.id", primary_key=True)


class RecordDate(SQLModel, table=True):
    """A date of a record, by the JSON Pointer of its field."""

    __tablename__ = "record_date"
    __table_args__ = (CheckConstraint("earliest <= latest", "date_order"),)

    record_id: int = Column(foreign_key="record.id", primary_key=True, ondelete="CASCADE")
    pointer: str = Column(primary_key=True)
    text: str
    edtf: str | None = None
    earliest: date | None = None
    latest: date | None = None
    approximate: bool = False


class RecordDraft(Shape):
    """The fields of every record in a bundle."""

    id: Slug = Field(description="A slug, unique within the kind. To change it, list the old one under `formerly`.")
    formerly: list[Slug] = Field(default=[], description="Former ids of the record. Their URLs forward to it.")
    name: Text = Field(description="A short title in our words; for an actor, its usual name.")
    summary: Text = Field(description="One to three sentences in our own words.")
    topics: list[TermName] = Field(default=[], description="Terms of the vocabulary `topic`.")
    evidence: list[Quote] = Field(min_length=1, description="The quotes that support the record.")


class Identity(Shape):
    """The first fields of every record."""

    kind: KindName = Field(description="The kind of the record.")
    id: Slug = Field(description="The id, unique within the kind.", examples=["north-korea"])
    url: str = Field(description="The path of the record on this server.", examples=["/v1/actors/north-korea"])
    name: str = Field(description="A short title in our words; for an actor, its usual name.")
    summary: str = Field(description="One to three sentences in our own words.")


class Provenance(Shape):
    """The last fields of every record: its topics, actors, document and evidence."""

    topics: list[TermName] = Field(description="Terms of the vocabulary `topic`.", examples=[["economic"]])
    actors: list[Ref] = Field(
        description="The actors that the record's fields or the quotes in `evidence` name, by id; never the record "
        "itself. Empty for a document."
    )
    document: Ref | None = Field(description="The document that introduced the record; null for a document.")
    evidence: list[Evidence] = Field(description="The quotes of that document that support the record.")
    evidence_count: int = Field(description="Number of quotes in all documents that support the record.", examples=[2])
    formerly: list[Slug] = Field(
        description="Former ids of the record, from before it was renamed or merged. Their paths forward to it (301).",
        examples=[[]],
    )
    revision: int = Field(description="The dataset revision in which this JSON last changed.", examples=[1])
    updated_at: datetime = Field(description="The time of that revision, in UTC.")


def position_of(record: Identity) -> str | None:
    """A sort key by document, then by the start of the first quote; None for a record without quotes."""
    document, evidence = getattr(record, "document", None), getattr(record, "evidence", ())
    # A space is less than any character of an id, and the numbers have one length.
    return f"{document.id if document else record.id} {evidence[0].start:010}" if evidence else None
