"""Completion: records whose names begin with a prefix, found by index."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Integer, String, bindparam, or_, select

from app.model.completion import code_entry, starts
from app.model.folding import sort_key
from app.model.kinds import KINDS, ref
from app.model.shape import KindName
from app.model.tables import ALIAS, COMPLETION, MENTION, RECORD
from app.model.tokens import words
from app.query.filters import referred_kinds
from app.query.nearest import nearest
from app.query.prepared import Prepared
from app.query.snapshot import Snapshot

MOST = 10
"""The maximum number of completions."""
_CANDIDATES = 100
"""The number of actors, in the order of the index, from which those with the most mentions are chosen."""
[_ACTOR] = referred_kinds(MENTION.c.actor_id)
_LAST = "\U0010ffff"
"""Sorts after every letter."""
_AFTER_SPACE = "!"
"""Sorts after a space, and before every letter."""


def _between(column: Any) -> tuple[Any, Any]:
    return column >= bindparam("first", type_=String), column < bindparam("last", type_=String)


_found = (
    select(COMPLETION.c.record_id)
    .where(*_between(COMPLETION.c.start))
    .order_by(COMPLETION.c.start)
    .limit(_CANDIDATES)
    .subquery()
)
_ACTORS = Prepared(
    select(RECORD.c.id, RECORD.c.slug, RECORD.c.name)
    .where(RECORD.c.id.in_(select(_found.c.record_id)))
    .order_by(RECORD.c.mention_count.desc(), RECORD.c.slug)
    .limit(MOST)
)
_ALIASES = Prepared(select(ALIAS.c.alias).where(ALIAS.c.owner_id == bindparam("key")).order_by(ALIAS.c.alias))
_OTHERS = Prepared(
    select(RECORD.c.slug, RECORD.c.name)
    .where(RECORD.c.kind == bindparam("kind", type_=RECORD.c.kind.type), *_between(RECORD.c.sort_name))
    .order_by(RECORD.c.sort_name, RECORD.c.slug)
    .limit(bindparam("most", type_=Integer))
)
_coded = select(COMPLETION.c.record_id).where(*_between(COMPLETION.c.start)).limit(MOST).subquery()
_BY_CODE = Prepared(
    select(RECORD.c.kind, RECORD.c.slug, RECORD.c.name)
    .where(
        or_(
            RECORD.c.id.in_(select(_coded.c.record_id)),
            *((RECORD.c.kind == kind) & (RECORD.c.slug == bindparam("slug", type_=String)) for kind in KINDS),
        )
    )
    .order_by(RECORD.c.kind, RECORD.c.slug)
    .limit(MOST)
)


def complete(snapshot: Snapshot, prefix: str) -> list[dict[str, Any]]:
    """Refs of at most `MOST` records, each with the `alias` that begins with the prefix, or None if the name does.

    Actors come first, those with the most mentions before others. They are found by any word of a name or alias.
    Records with this id or identifier follow, then others, by the beginning of their name. If nothing is found, actors
    with a similar name are returned.
    """
    found = list(_actors(snapshot, " ".join(words(prefix))))
    start, code = sort_key(prefix).strip().replace("\0", ""), code_entry(prefix)
    if start:
        coded = snapshot.rows(_BY_CODE, {"slug": start, "first": code, "last": code + _AFTER_SPACE})
        found += [{**ref(KindName(kind), *row), "alias": None} for kind, *row in coded]
    for kind in KINDS:
        if kind != _ACTOR and start and len(found) < MOST:
            values = {"kind": kind, "first": start, "last": start + _LAST, "most": MOST - len(found)}
            found += [{**ref(kind, *row), "alias": None} for row in snapshot.rows(_OTHERS, values)]
    found = list({record["url"]: record for record in reversed(found)}.values())[::-1][:MOST]
    return found or [{**record, "alias": None} for record in nearest(snapshot, [_ACTOR], prefix, MOST)]


def _actors(snapshot: Snapshot, start: str) -> Iterator[dict[str, Any]]:
    if not start:
        return
    for key, slug, name in snapshot.rows(_ACTORS, {"first": start, "last": start + _LAST}):
        aliases = (alias for (alias,) in snapshot.rows(_ALIASES, {"key": key}))
        names = (None, *aliases)
        alias = next((alias for alias in names if any(each.startswith(start) for each in starts(alias or name))), None)
        yield {**ref(_ACTOR, slug, name), "alias": alias}
