"""Building blocks of the shapes: slugs, references, and the base class."""

import re
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.suggest import Refused

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SLUG_LENGTH = 80

Slug = Annotated[
    str,
    StringConstraints(pattern=SLUG, min_length=1, max_length=SLUG_LENGTH),
    Refused(f"must be an id of at most {SLUG_LENGTH} lower-case letters, digits and single hyphens, as north-korea"),
]
TermName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=40),
    Refused("must be a term of at most 40 lower-case letters, digits and single underscores, as rail_freight"),
]


TEXT_LENGTH = 2_000
"""The maximum length of a text in an analysis. Names are in every reference, so long ones would fill the lists."""
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Characters that no text may have. XML cannot have them, PostgreSQL cannot store NUL, escape sequences control a
terminal, and bidirectional embeddings and overrides reorder what stands around them."""


def control(found: re.Match[str]) -> str:
    """The problem with a control character."""
    return f"contains the control character U+{ord(found[0]):04X}; remove it"


def _printable(text: str) -> str:
    """Reject control characters and very long texts."""
    if found := CONTROLS.search(text):
        raise PydanticCustomError("control", "{problem}", {"problem": control(found)})
    if len(text) > TEXT_LENGTH:
        problem = f"has {len(text)} characters; shorten it to {TEXT_LENGTH}"
        raise PydanticCustomError("length", "{problem}", {"problem": problem})
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]

R = TypeVar("R")
"""The type of a reference: `Ref` in a public shape, `Reference` in a bundle."""

D = TypeVar("D")
"""The type of a date: `Date` in a public shape, `DateDraft` in a bundle."""


class Shape(BaseModel):
    """Base of all shapes. Responses have every field, so output schemas require them all."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_serialization_defaults_required=True,
        use_enum_values=True,
        defer_build=True,  # a service that only reads needs few of them
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Inherit the docstring, which generic shapes with parameters and `create_model` leave out."""
        if cls.__doc__ is None and cls.__base__ is not Shape:
            cls.__doc__ = cls.__base__.__doc__

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name `Participant[Ref]` `Participant`, and `Participant[Reference]` `ParticipantDraft`."""
        return cls.__name__ if params[0] is Ref else f"{cls.__name__}Draft"


class KindName(StrEnum):
    """The kinds of record, in the order in which they are shown. Each has a module of its name in `app.model`."""

    ACTOR = "actor"
    EVENT = "event"
    SANCTION = "sanction"
    STATEMENT = "statement"
    RELATIONSHIP = "relationship"
    FIGURE = "figure"
    ASSESSMENT = "assessment"
    DOCUMENT = "document"


class Ref(Shape):
    """A reference to a record, with its name and path."""

    kind: KindName = Field(description="The kind of the record.", examples=["actor"])
    id: Slug = Field(description="The id, unique within the kind.", examples=["north-korea"])
    name: str = Field(description="The name.", examples=["North Korea"])
    url: str = Field(description="The path of the record on this server.", examples=["/v1/actors/north-korea"])


Reference = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z]+/)?[a-z0-9]+(-[a-z0-9]+)*$", max_length=100),
    Refused("must be an id, as north-korea, or a kind and an id, as actor/north-korea"),
]
"""A reference in a bundle: the id if the field takes one kind, `kind/id` if it takes any."""
