"""Actors: the states, persons, bodies and others that a text mentions, named or not."""

from typing import Generic

from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy import Index
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import Part, closed, foreign_key, record_key
from app.model.countries import CountryCode
from app.model.dates import Date, DateDraft
from app.model.evidence import Mention, Quote
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import ActorType, Sector


class Actor(SQLModel, table=True):
    id: int = record_key()
    type: ActorType = closed(ActorType, index=True)
    sector: Sector | None = closed(Sector, null=True)
    named: bool
    country: str | None = Column(default=None, max_length=2, index=True)
    part_of_id: int | None = foreign_key("actor", null=True)


class ActorAlias(Part, table=True):
    __table_args__ = (Index(None, "document_id", "owner_id"), Index(None, "owner_id", "alias"))

    document_id: int = Column(foreign_key="document.id", primary_key=True)
    alias: str


class ActorIdentifier(Part, table=True):
    scheme: str
    value: str


class ActorRole(Part, table=True):
    title: str
    organisation_id: int | None = foreign_key("actor", null=True)
    country: str | None = Column(default=None, max_length=2)


class Identifier(Shape):
    """An identifier of an actor in an external scheme."""

    scheme: Text = Field(description="The scheme: `wikidata`, `iso3166-1`, `un_m49` …", examples=["wikidata"])
    value: Text = Field(description="The identifier.", examples=["Q423"])


class Role(Shape, Generic[R, D]):
    """An office that a person holds or held, in the words of the text."""

    title: Text = Field(description="The office.", examples=["Deputy Foreign Minister"])
    organisation: R | None = Field(default=None, description="The organisation of the office.")
    country: CountryCode | None = Field(default=None, description="ISO 3166-1 alpha-2.")
    period: D | None = Field(default=None, description="The time in which the person held it.")


class ActorFields(Shape, Generic[R, D]):
    type: ActorType = Field(description="The type of actor.", examples=["state"])
    sector: Sector | None = Field(default=None, description="The sector, as a PLOVER code.", examples=["gov"])
    aliases: list[Text] = Field(default=[], description="Other names for the actor in the documents.")
    named: bool = Field(default=True, description='False if the text gives no name, as in "a Russian official".')
    country: CountryCode | None = Field(
        default=None, description="The country it is or belongs to: ISO 3166-1 alpha-2 (USSR: `SU`).", examples=["KP"]
    )
    identifiers: list[Identifier] = Field(default=[], description="Identifiers of the actor in external schemes.")
    roles: list[Role[R, D]] = Field(default=[], description="The offices that a person holds or held.")
    part_of: R | None = Field(default=None, description="The larger actor that this one is part of.")


class ActorDraft(ActorFields[Reference, DateDraft], RecordDraft):
    """An actor in a bundle."""

    evidence: list[Quote] = Field(
        default=[], description="The quotes that support the record; optional for publisher and authors."
    )


class ActorPublic(Provenance, ActorFields[Ref, Date], Identity):
    """An actor: a state, person, body, party, outlet, company or group that a text mentions."""

    mention_count: int = Field(description="Number of mentions in all documents, by name or alias.", examples=[37])

    @field_validator("aliases")
    @classmethod
    def _distinct(cls, aliases: list[str], info: ValidationInfo) -> list[str]:
        """Drop the name itself, and repetitions: several documents may add the same alias."""
        return [alias for alias in dict.fromkeys(aliases) if alias != info.data.get("name")]


ACTOR_KIND = Kind(
    name=KindName.ACTOR,
    plural="actors",
    description="States, people, bodies, parties, outlets, companies and groups.",
    table=Actor,
    public=ActorPublic,
    draft=ActorDraft,
    parts={"aliases": ActorAlias, "identifiers": ActorIdentifier, "roles": ActorRole},
    counts={"mention_count": Mention.actor_id},
    schema_type="Organization",
)
