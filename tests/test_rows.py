"""A row becomes JSON through its shape."""

from collections import namedtuple
from typing import Any

import httpx
import orjson
import pytest
from pydantic import BaseModel, Field

from app.api.changes import ChangePage
from app.api.coverage import CoveragePage
from app.api.graph import Graph
from app.api.shapes import Page
from app.api.timeline import TimelineBucket, TimelineEntry
from app.model.document import PassagePublic
from app.model.evidence import EvidenceItem, MentionPublic
from app.model.shape import KindName, Ref
from app.query.rows import content, to_json

DOCUMENT = "/v1/documents/sceeus-guest-commentary-8-2022"
ANSWERS: dict[str, type[BaseModel]] = {
    "/v1/actors/russia/evidence": Page[EvidenceItem],
    "/v1/actors/russia/mentions": Page[MentionPublic],
    "/v1/evidence": Page[EvidenceItem],
    "/v1/mentions": Page[MentionPublic],
    f"{DOCUMENT}/passages": Page[PassagePublic],
    f"{DOCUMENT}/coverage": CoveragePage,
    "/v1/changes": ChangePage,
    "/v1/timeline": Page[TimelineEntry],
    "/v1/timeline/buckets": Page[TimelineBucket],
    "/v1/graph": Graph,
}


class Span(BaseModel):
    """A nested object."""

    start: int | None
    end: int


class Thing(BaseModel):
    """A shape with a scalar, references and nested objects."""

    id: str
    record: Ref
    other: Ref | None = Field(default=None)
    span: Span
    missing: Span | None
    text: str


Row = namedtuple("Row", "id record_kind record_slug record_name span_start span_end missing_start missing_end")
ROW = Row("x", KindName.ACTOR, "russia", "Russia", 1, 2, None, None)
REF = {"kind": "actor", "id": "russia", "name": "Russia", "url": "/v1/actors/russia"}


@pytest.mark.parametrize("path", ANSWERS)
def test_what_is_served_is_valid_in_its_shape(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    served: dict[str, Any] = answer.json()
    items = served.get("items") or served["edges"]
    assert items
    ANSWERS[path].model_validate_json(answer.content)


def test_a_shape_is_read_from_columns_and_computed_values() -> None:
    other = REF | {"id": "china"}
    expected = {
        "id": "x",
        "record": REF,
        "other": other,
        "span": {"start": 1, "end": 2},
        "missing": None,
        "text": "words",
    }
    assert content(Thing, ROW, {"text": "words", "other": other}) == expected
    assert [orjson.loads(item) for item in _items([{"text": "words", "other": other}])] == [expected]


def test_every_row_needs_its_computed_values() -> None:
    with pytest.raises(ValueError, match="zip"):
        _items([])
    with pytest.raises(AttributeError, match="text"):
        _items([{"other": None}])


def _items(extras: list[dict[str, Any]]) -> list[bytes]:
    snapshot: Any = None
    return to_json(Thing, lambda _snapshot, _rows: extras)(snapshot, [ROW])
