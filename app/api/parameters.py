"""Query parameters that several operations share."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, Field, create_model

from app.formats.lists import LIST_FORMATS
from app.model.record import Record, RecordActor, RecordTopic
from app.model.shape import TermName
from app.query.filters import filters_of, linked, linked_to_all, one_of
from app.query.parameters import BaseQuery, FirstDay, Ids, LastDay, ListQuery, Names, Number
from app.query.record_filters import IN_PASSAGE, OF_DOCUMENT, ON_OR_AFTER, ON_OR_BEFORE, SINCE_REVISION
from app.query.search import MATCHES

Q = TypeVar("Q", bound=BaseQuery)

ListFormat = Literal["json", *LIST_FORMATS]  # type: ignore[valid-type]

WORDS = (
    "Words to find in names, aliases, summaries and quotes. English inflections and diacritics don't matter. "
    '`"…"` finds a phrase, `-word` excludes, `word*` matches a prefix.'
)
_OPEN = "Open-ended dates can match; missing dates can't."
OR_LATER = f"that may fall on this day or later. A month (`2019-03`) or a year (`2019`) is its first day. {_OPEN}"
OR_EARLIER = f"that may fall on this day or earlier. A month (`2019-03`) or a year (`2019`) is its last day. {_OPEN}"
_NAMES = {
    "facets": "Filters to count the records by, separated by commas. The counts of a filter ignore that filter.",
    "sort": "Sort keys, separated by commas; `-` before a key reverses it. Nulls come last; `id`, if any, breaks ties. "
    "`position` is the order of the text: by document, then by the first quote of it.",
    "fields": "Top-level fields to send, separated by commas. `kind`, `id` and `url`, if any, are always sent.",
}


def several(description: str, most: int = 50, default: tuple[str, ...] = ()) -> Any:
    """The field of a filter that accepts several values, up to `most`."""
    return Field(default=default, max_length=most, description=f"{description} Repeat to match any of several.")


def optional(description: str) -> Any:
    """The field of a parameter that accepts one value."""
    return Field(default=None, description=description)


class TopicQuery(BaseQuery):
    """Filters by topic and document."""

    topic: Annotated[tuple[TermName, ...], one_of(RecordTopic.topic)] = several("Topic of the records.")
    document: Annotated[Ids, OF_DOCUMENT] = several("Document that introduced the records or has evidence for them.")


class ActorsQuery(BaseQuery):
    """Filters by the actors of records."""

    with_actor: Annotated[Ids, linked_to_all(RecordActor.actor_id)] = Field(
        default=(),
        max_length=10,
        description="Actor that must be in `actors` as well. Repeat to require all of several.",
    )
    actor: Annotated[Ids, linked(RecordActor.actor_id)] = several("Actor in the `actors` of the records.")


class SpanQuery(BaseQuery):
    """Filters by date."""

    date_from: Annotated[FirstDay | None, ON_OR_AFTER] = optional(f"Records {OR_LATER}")
    date_to: Annotated[LastDay | None, ON_OR_BEFORE] = optional(f"Records {OR_EARLIER}")


class WordsQuery(BaseQuery):
    """Filters by words."""

    q: Annotated[str | None, MATCHES] = Field(
        default=None,
        min_length=1,
        max_length=200,
        description=f"{WORDS} Filters without ranking; use `/v1/search` for ranked results.",
    )


class FormatQuery(ListQuery):
    """The parameters of a list that can be downloaded whole."""

    format: ListFormat | None = optional(
        "`csv` (for spreadsheets and pandas) and `jsonl` (one item per line) send the whole filtered list, or its "
        "first `limit` items. Overrides `Accept`."
    )


PRESENTATION = FormatQuery.model_fields.keys() | _NAMES.keys()
"""The parameters that filter nothing."""


class RecordsQuery(TopicQuery, ActorsQuery, WordsQuery, FormatQuery):
    """The parameters of every list of records."""

    descending: ClassVar[bool] = False
    """True if the default order of the list is descending."""

    id: Annotated[Ids, one_of(Record.slug, facet=False)] = several("Id of a record.", 200)
    passage: Annotated[tuple[Number, ...], IN_PASSAGE] = several(
        "Number of a passage with evidence for the records, in `document` if it is given, else in any document."
    )
    revision_from: Annotated[Number | None, SINCE_REVISION] = optional("Records changed in this revision or later.")

    def is_quick(self) -> bool:
        """True without filters and facets, and with at most one sort key."""
        return self.model_fields_set <= PRESENTATION - {"facets"} and len(getattr(self, "sort", ())) <= 1


class DatedQuery(SpanQuery, RecordsQuery):
    """The parameters of every list of dated records."""


def list_query(shape: type[BaseModel] | None, *keys: str, facets: bool = False) -> Callable[[type[Q]], type[Q]]:
    """A class decorator that adds the parameters `facets`, `sort` and `fields` to a query model.

    They accept the names of the filters whose values can be counted, of the sort keys, and of the fields of the shape.
    """

    def complete(query: type[Q]) -> type[Q]:
        countable = [name for name, found in filters_of(query).items() if found.pairs] if facets else []
        countable.sort(key=lambda name: name in RecordsQuery.model_fields)  # a list's own filters come first
        names = {
            "facets": countable,
            "sort": [f"{sign}{key}" for key in keys for sign in ("", "-")],
            "fields": [*shape.model_fields, *shape.model_computed_fields] if shape else [],
        }
        added: dict[str, Any] = {
            name: (Annotated[tuple[str, ...], Names(*names[name])], Field(default=(), description=description))
            for name, description in _NAMES.items()
            if names[name]
        }
        return create_model(query.__name__, __base__=query, __module__=query.__module__, __doc__=query.__doc__, **added)

    return complete
