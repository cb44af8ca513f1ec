"""Quotes as W3C Web Annotations, whose bodies are records with schema.org types.

IRIs are absolute if the service has a public URL, and paths relative to the service otherwise.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import Select, select

from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.tables import ACTOR, DOCUMENT_RECORD, EVIDENCE, RECORD, STATEMENT
from app.model.vocabularies import ActorType

MEDIA_TYPE = "application/ld+json"
ANNO: Literal["http://www.w3.org/ns/anno.jsonld"] = "http://www.w3.org/ns/anno.jsonld"
"""The JSON-LD context of Web Annotations, and the name of their profile."""

_ACTORS: dict[ActorType | None, str] = {
    ActorType.STATE: "Country",
    ActorType.PERSON: "Person",
    ActorType.OUTLET: "NewsMediaOrganization",
    ActorType.COMPANY: "Corporation",
    ActorType.GROUP: "Thing",
}


class _Node(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    def json_bytes(self) -> bytes:
        """The node as JSON-LD, without fields that are null."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class PositionSelector(_Node):
    """The offsets of the quote in the text."""

    type: Literal["TextPositionSelector"] = "TextPositionSelector"
    start: int = Field(description="Offset of the first character, in Unicode code points from 0.", examples=[1580])
    end: int = Field(description="Offset after the last character.", examples=[1602])


class QuoteSelector(_Node):
    """The words of the quote, and the text around it."""

    type: Literal["TextQuoteSelector"] = "TextQuoteSelector"
    exact: str = Field(description="The words.", examples=["In mid-March this year"])
    prefix: str = Field(description="Up to 32 characters before them.")
    suffix: str = Field(description="Up to 32 characters after them.")


class Target(_Node):
    """The annotated words of a text."""

    type: Literal["SpecificResource"] = "SpecificResource"
    source: str = Field(description="The document's text.", examples=["/v1/documents/a-commentary/text"])
    selector: list[PositionSelector | QuoteSelector] = Field(description="The words by position, and by their text.")


class PartSelector(_Node):
    """A part of a record."""

    type: Literal["FragmentSelector"] = "FragmentSelector"
    conformsTo: Literal["http://www.rfc-editor.org/rfc/rfc6901"] = "http://www.rfc-editor.org/rfc/rfc6901"  # noqa: N815
    value: str = Field(description="JSON Pointer to the part that the quote supports.", examples=["/date"])


class Thing(_Node):
    """A record, with its schema.org type."""

    id: str = Field(description="URL of the record's page, which is its IRI.", examples=["/actors/north-korea"])
    type: str = Field(description="The schema.org type.", examples=["schema:Country"])
    name: str = Field(alias="schema:name", description="Name of the record.", examples=["North Korea"])


class Body(_Node):
    """A record that the quote supports, or one part of it."""

    type: Literal["SpecificResource"] = "SpecificResource"
    purpose: Literal["identifying"] = "identifying"
    source: Thing = Field(description="The record.")
    selector: PartSelector | SkipJsonSchema[None] = Field(
        default=None, description="The part of the record. Absent if the quote supports the whole record."
    )


class Annotation(_Node):
    """A quote that supports a record, as a W3C Web Annotation."""

    id: str = Field(description="Identifier, stable as long as the record cites the same words.")
    type: Literal["Annotation"] = "Annotation"
    motivation: Literal["identifying"] = "identifying"
    body: list[Body] = Field(description="The record, or each part of it that the quote supports.")
    target: Target = Field(description="The quote.")


class AnnotationCollection(_Node):
    """Every quote of a document, as a W3C Web Annotation collection."""

    context: Literal["http://www.w3.org/ns/anno.jsonld"] = Field(default=ANNO, alias="@context")
    id: str = Field(description="IRI of the collection.", examples=["/v1/documents/a-commentary/annotations"])
    type: Literal["AnnotationCollection"] = "AnnotationCollection"
    label: str = Field(description="Label of the collection, for people.")
    total: int = Field(description="Number of annotations.", examples=[250])
    first: str = Field(description="IRI of the first page.", examples=["/v1/documents/a-commentary/annotations/1"])
    last: str = Field(description="IRI of the last page.", examples=["/v1/documents/a-commentary/annotations/3"])


class AnnotationPage(_Node):
    """A page of a W3C Web Annotation collection, in the order of the text."""

    context: Literal["http://www.w3.org/ns/anno.jsonld"] = Field(default=ANNO, alias="@context")
    id: str = Field(description="IRI of the page.", examples=["/v1/documents/a-commentary/annotations/1"])
    type: Literal["AnnotationPage"] = "AnnotationPage"
    partOf: str = Field(description="IRI of the collection.", examples=["/v1/documents/a-commentary/annotations"])  # noqa: N815
    startIndex: int = Field(description="Number of annotations on earlier pages.", examples=[0])  # noqa: N815
    prev: str | SkipJsonSchema[None] = Field(default=None, description="IRI of the previous page; absent on the first.")
    next: str | SkipJsonSchema[None] = Field(default=None, description="IRI of the next page; absent on the last.")
    items: list[Annotation] = Field(description="The annotations of the page.")


def annotated() -> Select[Any]:
    """The query for the rows that `annotation` takes: each quote, with its record and its document."""
    return (
        select(
            *EVIDENCE.c,
            RECORD.c.kind,
            RECORD.c.slug,
            RECORD.c.name,
            DOCUMENT_RECORD.c.slug.label("document_slug"),
            ACTOR.c.type.label("actor_type"),
            STATEMENT.c.text.label("statement_text"),
        )
        .join_from(EVIDENCE, RECORD, RECORD.c.id == EVIDENCE.c.record_id)
        .join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id)
        .outerjoin(ACTOR, ACTOR.c.id == RECORD.c.id)
        .outerjoin(STATEMENT, STATEMENT.c.id == RECORD.c.id)
    )


def annotation(row: Any, base: str) -> Annotation:
    """A quote as a Web Annotation, its IRIs under `base`."""
    document = f"{base}/v1/documents/{row.document_slug}"
    url = f"{base}/{KINDS[row.kind].plural}/{row.slug}"
    kind = schema_type(row.kind, row.actor_type, verbatim=row.statement_text is not None)
    thing = Thing(id=url, type=kind, name=row.name)
    parts = [Body(source=thing, selector=PartSelector(value=pointer)) for pointer in row.supports]
    position = PositionSelector(start=row.start, end=row.end)
    quote = QuoteSelector(exact=row.exact, prefix=row.prefix, suffix=row.suffix)
    return Annotation(
        id=f"{document}/annotations#{row.id}",
        body=parts or [Body(source=thing)],
        target=Target(source=f"{document}/text", selector=[position, quote]),
    )


def schema_type(kind: KindName, actor_type: ActorType | None, *, verbatim: bool) -> str:
    """The schema.org type of a record."""
    if kind == KindName.STATEMENT and verbatim:
        return "schema:Quotation"
    return f"schema:{_ACTORS.get(actor_type, KINDS[kind].schema_type)}"
