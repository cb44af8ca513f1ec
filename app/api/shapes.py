"""The shapes of answers that are no records: pages, the root, vocabularies."""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import Field

from app.model.shape import Shape
from app.model.vocabularies.base import Source

T = TypeVar("T")


class Total(Shape):
    """How many there are."""

    value: int = Field(description="How many; exact up to 10,000.", examples=[46])
    relation: Literal["eq", "gte"] = Field(
        description="`eq`: exactly so many; `gte`: that many or more.", examples=["eq"]
    )


class FacetCount(Shape):
    """How many records of the list have a value."""

    value: str | int | bool = Field(
        description="The value, as the filter of the same name takes it.", examples=["state"]
    )
    label: str = Field(description="What people read.", examples=["State"])
    count: int = Field(description="How many records of the filtered list have it.", examples=[7])


class Page(Shape, Generic[T]):
    """A page of a list."""

    items: list[T] = Field(description="The items of this page.")
    total: Total = Field(description="How many items the whole list has.")
    next: str | None = Field(description="The path of the next page; null on the last.", examples=[None])
    facets: dict[str, list[FacetCount]] | None = Field(
        description="The values of each facet asked for, the most frequent first; null where none was."
    )

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`EventPage` for a page of `EventPublic`."""
        return f"{params[0].__name__.removesuffix('Public')}Page"


class Root(Shape):
    """What this service holds, and where."""

    name: str = Field(description="The service.", examples=["Dossier"])
    version: str = Field(description="Its version.", examples=["0.1.0"])
    dataset: str = Field(
        description="Identifies the dataset: random, born with the database.",
        examples=["5f48e3e4-9a4a-405b-80c8-1c3840f58fa5"],
    )
    revision: int = Field(description="The revision of the dataset.", examples=[1])
    updated_at: datetime = Field(description="When that revision was made, in UTC.", examples=["2022-05-01T12:00:00Z"])
    counts: dict[str, int] = Field(description="How many records there are of each kind.", examples=[{"actors": 40}])
    links: dict[str, str] = Field(description="The collections, by name.", examples=[{"actors": "/v1/actors"}])


class TermPublic(Shape):
    """A term of a vocabulary."""

    term: str = Field(description="The term, as records use it.", examples=["consult"])
    label: str = Field(description="What people read.", examples=["Consult"])
    definition: str = Field(description="What it means.")
    parent: str | None = Field(description="The term above it: an event type's quad, a mode's event type.")
    source: Source = Field(description="Where it is defined.", examples=["plover"])


class VocabularyPublic(Shape):
    """A vocabulary: the terms that a field can have."""

    name: str = Field(description="Its name.", examples=["event_type"])
    open: bool = Field(description="Whether a bundle may add terms.", examples=[False])
    terms: list[TermPublic] = Field(description="Its terms.")


class Health(Shape):
    """Whether the service is well."""

    status: Literal["ok"] = Field(description="Always `ok`; a problem is a problem response.", examples=["ok"])
