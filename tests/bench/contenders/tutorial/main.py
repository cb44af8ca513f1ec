"""The app: a session per request, `def` endpoints, response models and `selectinload`."""

import os
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Query
from snowballstemmer import stemmer
from sqlalchemy import text
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, create_engine, func, or_, select

from tests.bench.contenders.tutorial.shapes import (
    CountPublic,
    EventPublic,
    EventsPublic,
    HitPublic,
    HitsPublic,
    RefPublic,
)
from tests.bench.contenders.tutorial.tables import (
    Event,
    EventParticipant,
    EventRelated,
    Record,
    RecordActor,
    RecordTopic,
)

engine = create_engine(os.environ["BENCH_DATABASE_URL"], connect_args={"check_same_thread": False})


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
Facet = Literal["type", "topic", "actor"]

app = FastAPI()

RECORD: Any = selectinload(Event.record)  # type: ignore[arg-type]
RELATIONS = (
    RECORD.selectinload(Record.document),
    RECORD.selectinload(Record.topics),
    RECORD.selectinload(Record.dates),
    RECORD.selectinload(Record.actors),
    RECORD.selectinload(Record.evidence),
    selectinload(Event.attribution),  # type: ignore[arg-type]
    selectinload(Event.locations),  # type: ignore[arg-type]
    selectinload(Event.participants).selectinload(EventParticipant.actor),  # type: ignore[arg-type]
    selectinload(Event.related).selectinload(EventRelated.record),  # type: ignore[arg-type]
)


@app.get("/events", response_model=EventsPublic)
def read_events(
    session: SessionDep,
    offset: int = 0,
    limit: Annotated[int, Query(le=200)] = 50,
    type: str | None = None,
    topic: str | None = None,
    date_from: date | None = None,
    date_to: date | None = None,
    sort: Literal["date", "-date", "name", "-name"] = "date",
    facets: Annotated[list[Facet], Query()] = [],  # noqa: B006
) -> EventsPublic:
    conditions: dict[str, Any] = {}
    if type:
        conditions["type"] = Event.type == type
    if topic:
        conditions["topic"] = col(Record.id).in_(select(RecordTopic.record_id).where(RecordTopic.topic == topic))
    if date_from:
        conditions["date_from"] = or_(
            col(Record.latest) >= date_from, col(Record.latest).is_(None) & col(Record.earliest).is_not(None)
        )
    if date_to:
        conditions["date_to"] = or_(
            col(Record.earliest) <= date_to, col(Record.earliest).is_(None) & col(Record.latest).is_not(None)
        )
    where = list(conditions.values())
    total = session.exec(select(func.count()).select_from(Event).join(Record).where(*where)).one()
    key = col(Record.sort_name) if sort.endswith("name") else col(Record.earliest)
    order = (key.desc() if sort.startswith("-") else key.asc()).nulls_last()
    events = session.exec(
        select(Event)
        .join(Record)
        .where(*where)
        .order_by(order, Record.slug)
        .offset(offset)
        .limit(limit)
        .options(*RELATIONS)
    ).all()
    return EventsPublic(
        items=[EventPublic.of(event) for event in events],
        total=total,
        facets={name: count_facet(session, name, conditions) for name in facets} or None,
    )


@app.get("/events/{id}", response_model=EventPublic)
def read_event(session: SessionDep, id: str) -> EventPublic:
    statement = select(Event).join(Record).where(Record.kind == "event", Record.slug == id).options(*RELATIONS)
    event = session.exec(statement).first()
    if not event:
        raise HTTPException(status_code=404, detail="Event not found")
    return EventPublic.of(event)


@app.get("/search", response_model=HitsPublic)
def read_search(session: SessionDep, q: str, offset: int = 0, limit: Annotated[int, Query(le=200)] = 50) -> HitsPublic:
    english = stemmer("porter")  # one per request, since stemmers are not thread-safe
    query = " AND ".join(f'{{name aliases summary quotes}} : "{english.stemWord(word.lower())}"' for word in q.split())
    total = session.execute(text("SELECT count(*) FROM search WHERE search MATCH :query"), {"query": query})
    found = session.execute(HITS, {"query": query, "limit": limit, "offset": offset})
    hits = {row.id: row for row in found}
    records = session.exec(select(Record).where(col(Record.id).in_(hits))).all()
    by_id = {record.id: record for record in records}
    return HitsPublic(
        items=[
            HitPublic(record=RefPublic.of(by_id[key]), score=row.score, summary=by_id[key].summary, snippet=row.snippet)
            for key, row in hits.items()
        ],
        total=total.scalar_one(),
    )


HITS = text("""
    SELECT search.rowid AS id, -bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0) AS score,
        snippet(search, -1, '<mark>', '</mark>', '…', 30) AS snippet
    FROM search JOIN record ON record.id = search.rowid
    WHERE search MATCH :query ORDER BY score DESC, search.rowid LIMIT :limit OFFSET :offset
""")


def count_facet(session: Session, facet: Facet, conditions: dict[str, Any]) -> list[CountPublic]:
    """Count the values of a facet, most frequent first, ignoring the filter on the facet itself."""
    where = [condition for name, condition in conditions.items() if name != facet]
    number = func.count()
    statement: Any
    if facet == "type":
        statement = select(Event.type, number).join(Record).where(*where).group_by(Event.type)
        statement = statement.order_by(number.desc(), Event.type)
    elif facet == "topic":
        statement = select(RecordTopic.topic, number).join(Record).join(Event, col(Event.id) == Record.id)
        statement = statement.where(*where).group_by(RecordTopic.topic).order_by(number.desc(), RecordTopic.topic)
    else:
        actor = select(Record.id, Record.slug).subquery()
        statement = (
            select(actor.c.slug, number)
            .select_from(Event)
            .join(Record)
            .join(RecordActor, col(RecordActor.record_id) == Event.id)
            .join(actor, actor.c.id == RecordActor.actor_id)
            .where(*where)
            .group_by(actor.c.id)
            .order_by(number.desc(), actor.c.id)
        )
    return [CountPublic(value=value, count=count) for value, count in session.exec(statement.limit(100)).all()]
