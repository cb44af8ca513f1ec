"""Links of lists: filters that are on, values to filter by, and the next page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel

from app.api.parameters import PRESENTATION
from app.pages.words import page_path
from app.query.filters import filters_of
from app.query.listing import ListingPage, RequestTarget


@dataclass(frozen=True)
class Choice:
    """A value of a filter, with the path of the list with it, or without it if it is chosen."""

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
    labels: dict[tuple[str, str], str] = {}
    shown = []
    for name, values in (facets or {}).items():
        choices = []
        for value in values:
            written = str(value["value"]).lower() if isinstance(value["value"], bool) else str(value["value"])
            labels[name, written] = value["label"]
            choices.append(_choice(target, params, name, written, value["label"], value["count"]))
        if len(choices) > 1 or any(choice.chosen for choice in choices):
            shown.append((name, choices))
    on = [
        (name, _choice(target, params, name, value, labels.get((name, value), value)))
        for name in filters_of(type(params))
        if name in params.model_fields_set and name not in PRESENTATION
        for value in _values(params, name)
    ]
    return Filtering(on, shown)


def _choice(
    target: RequestTarget, params: BaseModel, name: str, value: str, label: str, count: int | None = None
) -> Choice:
    chosen = _values(params, name)
    left = [each for each in chosen if each != value] if value in chosen else [*chosen, value]
    kept = [(key, given) for key, given in target.parameters if key not in (name, "cursor")]
    query = urlencode([*kept, *((name, each) for each in left)])
    return Choice(label, f"{target.path}?{query}" if query else target.path, value in chosen, count)


def _values(params: BaseModel, name: str) -> list[str]:
    """The values of a filter, as they are sent."""
    value = getattr(params, name)
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
