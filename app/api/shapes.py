"""The responses that are not records: their shapes, and their descriptions in OpenAPI."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field

from app.model.shape import Ref, Shape
from app.model.vocabularies.base import Source
from app.query.filters import MAX_WARNINGS

T = TypeVar("T")


class Total(Shape):
    """The number of items in a list."""

    value: int = Field(description="The number. Exact up to 10,000.", examples=[46])
    relation: Literal["eq", "gte"] = Field(
        description="`eq`: the number is exact; `gte`: there are at least this many.", examples=["eq"]
    )


class FacetCount(Shape):
    """A value of a facet, with the number of its records."""

    value: str | int | bool = Field(description="The value, as its filter accepts it.", examples=["state"])
    label: str = Field(description="The label for display.", examples=["State"])
    count: int = Field(description="The number of records in the filtered list with this value.", examples=[7])


class ParameterWarning(Shape):
    """A part of the request that is valid, but probably a slip: an id that no record has, or no longer has."""

    parameter: str = Field(description="The parameter.", examples=["actor"])
    value: str = Field(description="The value, as given.", examples=["north-corea"])
    detail: str = Field(
        description="What is wrong, and what is probably meant.",
        examples=["There is no actor 'north-corea'; did you mean 'north-korea'? /v1/actors lists them."],
    )
    nearest: Ref | None = Field(
        description="The record that had this id; else the one with the most similar id, name or alias, or null."
    )


Warnings = Annotated[
    list[ParameterWarning],
    Field(
        description=f"Ids in the filters that no record has, or no longer has, {MAX_WARNINGS} at most. Usually empty.",
        examples=[[]],
    ),
]


class Page(Shape, Generic[T]):
    """A page of a list."""

    items: list[T] = Field(description="The items of this page.")
    total: Total = Field(description="The number of items in the whole list.")
    next: str | None = Field(description="The path of the next page, or null on the last.", examples=[None])
    facets: dict[str, list[FacetCount]] | None = Field(
        description="The values of each requested facet, most frequent first. Null if none is requested."
    )
    warnings: Warnings

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`EventPage` for a page of `EventPublic`."""
        return f"{params[0].__name__.removesuffix('Public')}Page"


class Root(Shape):
    """The dataset, and the paths of its collections."""

    name: str = Field(description="The name of the service.", examples=["Dossier"])
    version: str = Field(description="The version of the service.", examples=["0.1.0"])
    dataset: str = Field(
        description="The id of the dataset: random, and new for each database.",
        examples=["5f48e3e4-9a4a-405b-80c8-1c3840f58fa5"],
    )
    revision: int = Field(description="The revision of the dataset.", examples=[1])
    updated_at: datetime = Field(description="The time of this revision, in UTC.", examples=["2022-05-01T12:00:00Z"])
    counts: dict[str, int] = Field(description="The number of records of each kind.", examples=[{"actors": 40}])
    links: dict[str, str] = Field(description="The collections' paths, by name.", examples=[{"actors": "/v1/actors"}])


class TermPublic(Shape):
    """A term of a vocabulary."""

    term: str = Field(description="The term, as records use it.", examples=["consult"])
    label: str = Field(description="The label for display.", examples=["Consult"])
    definition: str = Field(description="Its meaning.")
    parent: str | None = Field(description="The broader term: the quad of an event type, the event type of a mode.")
    source: Source = Field(description="`plover` for terms of the PLOVER codebook, else `local`.", examples=["plover"])


class VocabularyPublic(Shape):
    """A vocabulary: the terms that a field can have."""

    name: str = Field(description="Its name.", examples=["event_type"])
    open: bool = Field(description="True if bundles may add terms.", examples=[False])
    terms: list[TermPublic] = Field(description="Its terms.")


class Health(Shape):
    """The health of the service."""

    status: Literal["ok"] = Field(description="Always `ok`. Failures are problem responses.", examples=["ok"])


def success(description: str, *media_types: str) -> dict[int | str, dict[str, Any]]:
    """The successful response of an operation, and the media types that it offers besides JSON."""
    content = {"content": {name: {"schema": {"type": "string"}} for name in media_types}} if media_types else {}
    return {200: {"description": description} | content}
