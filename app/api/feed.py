"""The feed of changed records, for feed readers."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from app.api.parameters import TopicQuery, several
from app.api.shapes import success
from app.formats import atom
from app.http.conditional import entity_tag
from app.http.responses import answer
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep, api_router
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import KindName
from app.model.tables import RECORD
from app.query.filters import conditions, one_of
from app.query.ids import keys_of
from app.query.parameters import DIGITS, Ids
from app.query.record_filters import OF_ACTOR
from app.query.snapshot import Snapshot

router = api_router("changes.atom", "changes")


class FeedQuery(TopicQuery):
    """The parameters of the feed."""

    kind: Annotated[tuple[KindName, ...], one_of(Record.kind)] = several("Kind of the records.", len(KINDS))
    actor: Annotated[Ids, OF_ACTOR] = several("Actor that is the record, or is in its `actors`.")
    limit: Annotated[int, Field(ge=1, le=200), DIGITS] = Field(
        default=50, description="Maximum number of entries.", examples=[10]
    )


@router.get("", response_class=Response, responses=success("The feed.", atom.MEDIA_TYPE), summary="Follow by a feed")
def get_feed(
    params: Annotated[FeedQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The records that changed last, as an Atom feed for feed readers: newest first, each once, with its quotes.

    Filters choose what to follow, such as an actor. Deleted and merged records are not in it: for a mirror, use
    `/v1/changes`.
    """
    where = list(conditions(snapshot, params))
    changed = (RECORD.c.revision.desc(), RECORD.c.slug)
    columns = (RECORD.c.revision, RECORD.c.slug, RECORD.c.body)
    rows = [  # by kind, as the index has them
        row
        for kind in params.kind or KINDS
        for row in snapshot.rows(
            select(*columns).where(RECORD.c.kind == kind, *where).order_by(*changed).limit(params.limit)
        )
    ]
    rows.sort(key=lambda row: -row.revision)
    records = [row.body for row in rows[: params.limit]]
    iri = public_url or f"urn:uuid:{snapshot.dataset}"
    path = target.fingerprint.removesuffix("?")
    content = atom.feed(path, _title(snapshot, params), snapshot.updated_at, records, iri, public_url)
    return answer(snapshot, content, atom.MEDIA_TYPE, ETag=entity_tag(snapshot, atom.MEDIA_TYPE + public_url))


def _title(snapshot: Snapshot, params: FeedQuery) -> str:
    """The title of the feed: what it follows."""
    names = [*_names(snapshot, KindName.ACTOR, params.actor), *params.topic]
    names += [*_names(snapshot, KindName.DOCUMENT, params.document), *(KINDS[kind].plural for kind in params.kind)]
    return f"Dossier: {', '.join(names) or 'all changes'}"


def _names(snapshot: Snapshot, kind: KindName, ids: Sequence[str]) -> list[Any]:
    keys = keys_of(snapshot, (kind,), ids).values()
    return [row.name for row in snapshot.rows(select(RECORD.c.name).where(RECORD.c.id.in_(keys)))] if ids else []
