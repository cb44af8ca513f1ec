"""Documents: their texts, passages and sentences."""

from datetime import date
from typing import Annotated, Generic

from pydantic import AfterValidator, AnyHttpUrl, Field, StringConstraints
from sqlalchemy import CheckConstraint
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import Part, closed, foreign_key, record_key
from app.model.dates import Date, DateDraft
from app.model.evidence import Quote
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import AnalysisMethod, PassageType
from app.suggest import Refused

Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    Refused("must be a BCP 47 language tag, as en or pt-BR"),
]


def _web_address(value: str) -> str:
    AnyHttpUrl(value)
    return value


WebAddress = Annotated[Text, AfterValidator(_web_address), Refused("must be a web address, as https://example.org")]


class Document(SQLModel, table=True):
    id: int = record_key()
    title: str | None = None
    series: str | None = None
    number: str | None = None
    publisher_id: int | None = foreign_key("actor", null=True)
    language: str
    source_url: str | None = None
    rights: str
    sha256: str = Column(max_length=64)
    characters: int
    words: int
    analysis_by: str
    analysis_method: AnalysisMethod = closed(AnalysisMethod)
    analysis_reviewed_by: str | None = None
    analysis_date: date
    text: str
    digest: str  # of the rows and the analysis; a bundle with the same digest changes nothing
    bundle: bytes  # analysis.yaml as submitted, compressed by zlib


class DocumentAuthor(Part, table=True):
    target_id: int = foreign_key("actor")


class Passage(SQLModel, table=True):
    __table_args__ = (CheckConstraint('0 <= start AND start < "end"', "offsets"),)

    document_id: int = Column(foreign_key="document.id", primary_key=True, ondelete="CASCADE")
    number: int = Column(primary_key=True)
    type: PassageType = closed(PassageType)
    start: int
    end: int


class Sentence(SQLModel, table=True):
    __table_args__ = (CheckConstraint('0 <= start AND start < "end"', "offsets"),)

    document_id: int = Column(foreign_key="document.id", primary_key=True, ondelete="CASCADE")
    start: int = Column(primary_key=True)
    end: int
    passage: int


class Analysis(Shape):
    """The authors and method of the analysis."""

    by: Text = Field(description="The authors of the analysis.")
    method: AnalysisMethod = Field(description="Made by people, by machine, or by both.", examples=["mixed"])
    reviewed_by: Text | None = Field(default=None, description="The reviewers; null: not reviewed.")
    date: Annotated[date, Field(description="The day on which the analysis was finished.", examples=["2022-05-01"])]


class DocumentFields(Shape, Generic[R, D]):
    title: Text | None = Field(default=None, description="The title; null if the text has none.")
    series: Text | None = Field(default=None, description="The series.", examples=["SCEEUS Guest Commentary"])
    number: Text | None = Field(default=None, description="The number in the series.", examples=["8"])
    publisher: R | None = Field(default=None, description="The publisher.")
    authors: list[R] = Field(default=[], description="The authors; empty if the text names none.")
    published: D = Field(description="The date of publication, as precise as the text.")
    language: Language = Field(description="The language of the text, as BCP 47.", examples=["en"])
    source_url: WebAddress | None = Field(default=None, description="The address of the publication, if known.")
    rights: Text = Field(description="The holder of the rights to the text.")
    analysis: Analysis = Field(description="The authors and method of the analysis.")


class DocumentDraft(DocumentFields[Reference, DateDraft], RecordDraft):
    """A document in a bundle; its text is in `document.txt`."""

    evidence: list[Quote] = Field(default=[], description="Quotes that support the document; optional.")


class DocumentPublic(Provenance, DocumentFields[Ref, Date], Identity):
    """A document, with the length and digest of its text."""

    sha256: str = Field(description="SHA-256 of the text in UTF-8, in hexadecimal.")
    characters: int = Field(description="Length of the text in Unicode code points.", examples=[8400])
    words: int = Field(description="Number of words, separated by white space.", examples=[1300])
    passage_count: int = Field(description="Number of passages.", examples=[12])


class Span(Shape):
    """A range of the document's text."""

    start: int = Field(description="Offset of the first character, in Unicode code points from 0.", examples=[0])
    end: int = Field(description="Offset after the last character.", examples=[35])


class PassagePublic(Shape):
    """A passage of a document, such as a heading or a paragraph."""

    number: int = Field(description="Number of the passage in the document, from 1.", examples=[1])
    type: PassageType = Field(description="The type of passage.", examples=["paragraph"])
    start: int = Field(description="Offset of the first character, in Unicode code points from 0.", examples=[0])
    end: int = Field(description="Offset after the last character.", examples=[35])
    text: str = Field(description="The text of the passage.")
    sentences: list[Span] = Field(description="The sentences of the passage.")
    evidence_count: int = Field(description="Number of quotes from the passage.", examples=[4])


DOCUMENT_KIND = Kind(
    name=KindName.DOCUMENT,
    plural="documents",
    description="The analysed texts, in passages and sentences.",
    table=Document,
    public=DocumentPublic,
    draft=DocumentDraft,
    parts={"authors": DocumentAuthor},
    unclaimed=frozenset({"publisher", "authors", "language", "source_url", "rights", "analysis"}),
    counts={"passage_count": Passage.document_id},
    dated_by="published",
    schema_type="Article",
)
