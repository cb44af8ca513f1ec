"""Query parameters that several operations share."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, create_model

from app.formats.table import field_names
from app.model.record import Record, RecordActor, RecordTopic
from app.model.shape import KindName
from app.model.tables import RECORD
from app.query.filters import filters_of, linked, linked_to_all, one_of, one_of_ids
from app.query.listing import Listing
from app.query.parameters import BaseQuery, FileQuery, FirstDay, Ids, LastDay, ListQuery, Names, Number
from app.query.record_filters import IN_PASSAGE, OF_DOCUMENT, ON_OR_AFTER, ON_OR_BEFORE, SINCE_REVISION
from app.query.search import MATCHES

Q = TypeVar("Q", bound=BaseQuery)

WORDS = (
    "Words to find in names, aliases, summaries and quotes, or an id or identifier. English inflections, diacritics, "
    "hyphens and apostrophes don't matter. "
    '`"…"` finds a phrase, `-word` excludes, `word*` matches a prefix. At most 16 of them.'
)
_OPEN = "Open-ended dates can match; missing dates can't."
OR_LATER = f"that may fall on this day or later. A month (`2019-03`) or a year (`2019`) is its first day. {_OPEN}"
OR_EARLIER = f"that may fall on this day or earlier. A month (`2019-03`) or a year (`2019`) is its last day. {_OPEN}"
_NAMES = {
    "facets": "Filters to count the records by. The counts of a filter ignore that filter.",
    "sort": "Sort keys; `-` before a key reverses it. Nulls come last; `id`, if any, breaks ties. "
    "`position` is the order of the text: by document, then by the first quote of it.",
    "fields": "Fields to send. `kind`, `id` and `url`, if any, are always sent.",
}
_EXAMPLES = {"facets": 1, "sort": 1, "fields": 3}
"""The position of the name that is the example of such a parameter."""


def several(description: str, most: int = 50, default: tuple[str, ...] = (), example: Any = None) -> Any:
    """The field of a filter that accepts several values, up to `most`.

    The OpenAPI document takes an example from the dataset, unless one is given.
    """
    examples = None if example is None else [[example]]
    return Field(default=default, max_length=most, description=description, examples=examples)


def optional(description: str, example: Any = None) -> Any:
    """The field of a parameter that accepts one value. For the example see `several`."""
    return Field(default=None, description=description, examples=None if example is None else [example])


class TopicQuery(BaseQuery):
    """Filters by topic and document."""

    topic: Annotated[tuple[str, ...], one_of(RecordTopic.topic)] = several("Topic of the records.")
    document: Annotated[Ids, OF_DOCUMENT] = several("Document that introduced the records or has evidence for them.")


class ActorsQuery(BaseQuery):
    """Filters by the actors of records."""

    with_actor: Annotated[Ids, linked_to_all(RecordActor.actor_id)] = Field(
        default=(), max_length=10, description="Actor that must be in `actors` as well. Of several, all must be there."
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


class EvidenceQuery(BaseQuery):
    """The choice of the quotes that a record is sent with."""

    evidence: Literal["own", "none"] = Field(
        default="own",
        description="`own`: each record with its quotes. `none`: `evidence` is empty, for smaller responses; "
        "`evidence_count` stays.",
        examples=["none"],
    )


PRESENTATION = ListQuery.model_fields.keys() | EvidenceQuery.model_fields.keys() | _NAMES.keys()
"""The parameters that filter nothing."""


class RecordsQuery(TopicQuery, ActorsQuery, WordsQuery):
    """The filters of every list of records."""

    descending: ClassVar[bool] = False
    """True if the default order of the list is descending."""

    id: Annotated[Ids, one_of(Record.slug, facet=False)] = several("Id of a record.", 200)
    passage: Annotated[tuple[Number, ...], IN_PASSAGE] = several(
        "Number of a passage with evidence for the records, in `document` if it is given, else in any document."
    )
    revision_from: Annotated[Number | None, SINCE_REVISION] = optional(
        "Records changed in this revision or later.", example=1
    )


class DatedQuery(SpanQuery, RecordsQuery):
    """The filters of every list of dated records."""


class RecordListQuery(EvidenceQuery, ListQuery):
    """The parameters of every list of records that filter nothing."""

    def is_quick(self) -> bool:
        """True without filters and facets, and with at most one sort key."""
        return self.model_fields_set <= PRESENTATION - {"facets"} and len(self.sort) <= 1


def list_query(*keys: str, facets: bool = False) -> Callable[[type[Q]], type[Q]]:
    """A class decorator that adds the parameters `facets` and `sort` to the query model of a list.

    They accept the names of the filters whose values can be counted, and of the sort keys.
    """

    def complete(query: type[Q]) -> type[Q]:
        countable = [name for name, found in filters_of(query).items() if found.pairs] if facets else []
        countable.sort(key=lambda name: name in RecordsQuery.model_fields)  # a list's own filters come first
        completed: type[Q] = _with_names(query, query.__name__, facets=countable, sort=_signed(keys))
        return completed

    return complete


def file_query(filters: type[BaseQuery], listing: Listing) -> Any:
    """The query model of a list as a file: the filters, and the parameters `sort`, `fields` and `limit`."""
    keys = [key.name for key in listing.keys]
    return _with_names(
        (FileQuery, filters), f"{filters.__name__}File", sort=_signed(keys), fields=field_names(listing.shape)
    )


def of_kind(kind: KindName, filters: type[RecordsQuery]) -> type[RecordsQuery]:
    """The filters of a list of records, with the kind whose ids the parameter `id` takes."""
    ids = Annotated[Ids, one_of_ids(RECORD, kind)]
    return create_model(filters.__name__, __base__=filters, id=(ids, RecordsQuery.model_fields["id"]))


def records_query(filters: type[RecordsQuery], listing: Listing) -> Any:
    """The query model of a list of records."""
    query = create_model(filters.__name__, __base__=(RecordListQuery, filters))
    return list_query(*(key.name for key in listing.keys), facets=True)(query)


def _signed(keys: Iterable[str]) -> list[str]:
    return [f"{sign}{key}" for key in keys for sign in ("", "-")]


def _with_names(base: Any, name: str, **names: Sequence[str]) -> Any:
    """A query model with more parameters, each of which accepts some names."""
    added: dict[str, Any] = {
        parameter: (
            Annotated[tuple[str, ...], Names(*accepted)],
            Field(default=(), description=_NAMES[parameter], examples=[[accepted[_EXAMPLES[parameter]]]]),
        )
        for parameter, accepted in names.items()
        if accepted
    }
    return create_model(name, __base__=base, **added)
