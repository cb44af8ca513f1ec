"""Completion for search boxes."""

from typing import Annotated

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.http.responses import answer
from app.http.routing import SnapshotDep, api_router
from app.model.shape import Ref, Shape
from app.query.completion import MOST, complete
from app.query.parameters import BaseQuery

router = api_router("suggest", tag="search")


class Suggestion(Ref):
    """A record whose name or alias begins with the prefix, or is similar to it."""

    alias: str | None = Field(
        description="The alias that begins with the prefix; null if the name does.", examples=["DPRK"]
    )


class Suggestions(Shape):
    """Completions of a prefix, best first."""

    items: list[Suggestion] = Field(description=f"The records, at most {MOST}.")


class SuggestQuery(BaseQuery):
    """The parameters of a completion."""

    prefix: str = Field(
        min_length=1, max_length=100, description="The letters typed so far. Case and diacritics don't matter."
    )

    def is_quick(self) -> bool:
        """True: an index finds the names."""
        return True


@router.get("", response_model=Suggestions, summary="Complete a name while somebody types")
def suggest(params: Annotated[SuggestQuery, Query()], snapshot: SnapshotDep) -> Response:
    """Records to suggest in a search box while somebody types.

    Actors come first, those with the most mentions before others. They are found by the beginning of any word of their
    names and aliases; other records by the beginning of their name, and all by their id or identifier. If nothing is
    found, actors whose names are spelt or sound alike are suggested, also across scripts: `Kim Jung-un` suggests Kim
    Jong-un, and `Путин` Putin.
    """
    return answer(snapshot, orjson.dumps({"items": complete(snapshot, params.prefix)}))
