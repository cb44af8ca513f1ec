"""The page of an actor: its dossier."""

from typing import Annotated, Any

import orjson
from fastapi import Query
from starlette.responses import Response

from app.api.dossier import PARTS, read_dossier, whole_list
from app.api.records import RecordId
from app.http.routing import PublicUrlDep, SnapshotDep
from app.model.actor import ACTOR_KIND
from app.model.kinds import KINDS
from app.model.vocabularies import AssessmentType
from app.pages.fields import Reading
from app.pages.lists import entry
from app.pages.page import page, page_router
from app.pages.records import record_content
from app.pages.words import words
from app.query.parameters import BaseQuery
from app.query.snapshot import Snapshot

router = page_router("/actors")

_SHOWN = 10
"""The number of records that a part of the dossier shows."""
_TITLES = {
    "statements_by": "Statements by it",
    "statements_about": "Statements about it",
    "sanctions_imposed": "Sanctions by it",
    "sanctions_suffered": "Sanctions on it",
    "sanctions_kept": "Sanctions it keeps or breaks",
    "assessments": "What is judged and expected of it",
}
"""The titles of parts whose names say too little."""


@router.get("/{id}")
def actor_page(
    id: RecordId, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The dossier of an actor."""
    content = record_content(snapshot, ACTOR_KIND, id, public_url)
    return page(snapshot, "actor.html", public_url, **content, parts=_parts(snapshot, id))


def _expected_first(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records to show: forecasts, then others."""
    return sorted(records, key=lambda record: record.get("type") != AssessmentType.FORECAST)[:_SHOWN]


def _parts(snapshot: Snapshot, id: str) -> list[dict[str, Any]]:
    """The parts of the dossier that have records."""
    dossier, reading = orjson.loads(read_dossier(snapshot, id)), Reading(snapshot)
    return [
        {
            "name": name,
            "title": _TITLES.get(name, words(name).capitalize()),
            "kind": KINDS[part.kind],
            "items": [entry(reading, KINDS[part.kind], item) for item in _expected_first(dossier[name]["items"])],
            "total": dossier[name]["total"]["value"],
            "list": whole_list(part, id).fingerprint,
        }
        for name, part in PARTS.items()
        if dossier[name]["items"]
    ]
