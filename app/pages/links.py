"""Links of lists: filters that are on, values to filter by, and the next page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel

from app.api.parameters import PRESENTATION
from app.formats.citation import page_path
from app.query.filters import filters_of
from app.query.listing import ListingPage, RequestTarget


@dataclass(frozen=True)
class Choice:
    """A value of a filter, with the path of the list with it, or without it if it is chosen."""

    value: str
    label: str
    path: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True)
class Filtering:
    """The filters of a list as links."""

    on: Sequence[tuple[str, Choice]]
    """The filters that are on, each with its name."""
    facets: Sequence[tuple[str, Sequence[Choice]]]
    """The values to filter by, by filter."""


def with_query(path: str, parameters: Iterable[tuple[str, str]], *without: str) -> str:
    """A path with the parameters of a request, except some."""
    kept = [parameter for parameter in parameters if parameter[0] not in without]
    return f"{path}?{urlencode(kept)}" if kept else path


def of_api(target: RequestTarget) -> RequestTarget:
    """The target of the API that a page shows: both have the same parameters and cursors."""
    return replace(target, path=f"/v1{target.path}")


def next_page(page: ListingPage) -> str | None:
    """The path of the next page of a list."""
    return page.next and page_path(page.next)


def facets_of(query: type[BaseModel]) -> tuple[str, ...]:
    """The filters to offer: a list's own with few values, then by actor, topic and document."""
    countable = {name: each for name, each in filters_of(query).items() if each.pairs}
    own = [name for name, each in countable.items() if not each.kinds and name != "topic"]
    return (*own, *(name for name in ("actor", "topic", "document") if name in countable))


def filtering(target: RequestTarget, params: BaseModel, facets: dict[str, list[dict[str, Any]]] | None) -> Filtering:
    """The filters of a request as links. `facets` are those of a list in the API."""
    choose = partial(_choice, target, params)
    offered = {
        name: [choose(name, _written(each["value"]), each["label"], each["count"]) for each in values]
        for name, values in (facets or {}).items()
    }
    labels = {(name, choice.value): choice.label for name, choices in offered.items() for choice in choices}
    on = [
        (name, choose(name, value, labels.get((name, value), value)))
        for name in filters_of(type(params))
        if name in params.model_fields_set and name not in PRESENTATION
        for value in _values(params, name)
    ]
    useful = (
        (name, values) for name, values in offered.items() if len(values) > 1 or any(each.chosen for each in values)
    )
    return Filtering(on, list(useful))


def _choice(
    target: RequestTarget, params: BaseModel, name: str, value: str, label: str, count: int | None = None
) -> Choice:
    chosen = _values(params, name)
    then = [each for each in chosen if each != value] if value in chosen else [*chosen, value]
    others = [parameter for parameter in target.parameters if parameter[0] != name]
    path = with_query(target.path, [*others, *((name, each) for each in then)], "cursor")
    return Choice(value, label, path, value in chosen, count)


def _values(params: BaseModel, name: str) -> list[str]:
    """The values of a filter, as they are sent."""
    value = getattr(params, name)
    return [_written(each) for each in (value if isinstance(value, tuple) else [value]) if each is not None]


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
