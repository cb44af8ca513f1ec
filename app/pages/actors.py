"""The page of an actor: its dossier."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.api.dossier import PARTS, read_parts, whole_list
from app.api.records import RecordId
from app.http.routing import PublicUrlDep, SnapshotDep
from app.model.actor import ACTOR_KIND
from app.model.kinds import KINDS
from app.model.vocabularies import AssessmentType
from app.pages.fields import Reading
from app.pages.linked import negotiated
from app.pages.lists import entry
from app.pages.page import page, page_router
from app.pages.records import record_content
from app.pages.words import words
from app.query.lookup import find_record
from app.query.snapshot import Snapshot

router = page_router("/actors")

_SHOWN = 6
"""The number of records that a part of the dossier shows."""
_TITLES = {
    "statements_by": "Statements made",
    "statements_about": "Statements about this actor",
    "sanctions_imposed": "Sanctions imposed",
    "sanctions_suffered": "Sanctions suffered",
    "sanctions_kept": "Sanctions kept or broken",
    "assessments": "Judgements and expectations",
}
"""The titles of parts whose names say too little."""


@router.get("/{id}")
def actor_page(request: Request, id: RecordId, snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """The dossier of an actor."""
    stored = find_record(snapshot, ACTOR_KIND, id)

    def html() -> Response:
        content = record_content(snapshot, ACTOR_KIND, stored, public_url)
        return page(snapshot, "actor.html", public_url, **content, parts=list(_parts(snapshot, id, stored.id)))

    return negotiated(request, snapshot, public_url, stored, html)


def _expected_first(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records to show: forecasts, then others."""
    return sorted(records, key=lambda record: record.get("type") != AssessmentType.FORECAST)[:_SHOWN]


def _parts(snapshot: Snapshot, id: str, key: int) -> Iterator[dict[str, Any]]:
    """The parts of the dossier that have records."""
    reading = Reading(snapshot)
    for name, found in read_parts(snapshot, id, key).items():
        if found.items:
            kind = KINDS[PARTS[name].kind]
            yield {
                "name": name,
                "title": _TITLES.get(name, words(name).capitalize()),
                "kind": kind,
                "items": [entry(reading, kind, item) for item in _expected_first(map(orjson.loads, found.items))],
                "total": found.total,
                "list": whole_list(name, id).fingerprint,
            }
