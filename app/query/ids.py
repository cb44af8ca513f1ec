"""Ids in requests: their notation, the keys of their records, and suggestions for those that no record has.

A parameter takes ids of one kind, or `kind/id` if it takes several kinds.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from app.model.kinds import KINDS, ref
from app.model.shape import REFERENCE_LENGTH, SLUG, SLUG_LENGTH, KindName
from app.model.tables import FORMER_ID, RECORD
from app.query.nearest import nearest
from app.query.snapshot import Snapshot

_SLUG = re.compile(SLUG)


def malformed(snapshot: Snapshot, kinds: Sequence[KindName], value: str) -> str | None:
    """Describe the mistake in a value that is not in the notation of an id, with a suggestion; None if it is."""
    named, slug = _parts(kinds, value)
    longest = SLUG_LENGTH if len(kinds) == 1 else REFERENCE_LENGTH
    if len(named) == 1 and len(value) <= longest and _SLUG.fullmatch(slug):
        return None
    valid = f"an id from {_path(*kinds)}" if len(kinds) == 1 else "a kind and an id, as actor/north-korea"
    return f"must be {valid}{_suggestion(kinds, *nearest(snapshot, named, slug))} (given: '{value[:60]}')"


def slip(snapshot: Snapshot, kinds: Sequence[KindName], value: str) -> dict[str, Any] | None:
    """The fields `detail` and `nearest` of the warning of a former or unknown id; None for others."""
    if present := present_ref(snapshot, kinds, value):
        now = present["id"] if len(kinds) == 1 else "{kind}/{id}".format_map(present)
        return {"detail": f"'{value}' is now '{now}'.", "nearest": present}
    return None if keys_of(snapshot, kinds, [value]) else unknown(snapshot, kinds, value)


def present_ref(snapshot: Snapshot, kinds: Sequence[KindName], value: str) -> dict[str, Any] | None:
    """The Ref of the record that has another id now; None if a record has the id, or none had it."""
    keys_of(snapshot, kinds, [value])
    [kind], slug = _parts(kinds, value)
    return snapshot.former.get((kind, slug))


def unknown(snapshot: Snapshot, kinds: Sequence[KindName], value: str) -> dict[str, Any]:
    """Say that no record has an id, and name the nearest: the fields `detail` and `nearest` of a warning."""
    [kind], slug = _parts(kinds, value)
    similar = nearest(snapshot, [kind], slug) or nearest(snapshot, kinds, slug)
    detail = f"There is no {kind} '{slug}'{_suggestion(kinds, *similar) or '.'} {_path(kind)} lists them."
    return {"detail": detail, "nearest": next(iter(similar), None)}


def keys_of(snapshot: Snapshot, kinds: Sequence[KindName], ids: Iterable[str]) -> dict[str, int]:
    """The keys of the records that have or had well-formed ids, by id. Unknown ids are left out."""
    named = {value: (kind, slug) for value in ids for [kind], slug in [_parts(kinds, value)]}
    missing = set(named.values()) - snapshot.keys.keys()
    snapshot.keys |= dict.fromkeys(missing)
    former = select(FORMER_ID.c.kind, FORMER_ID.c.slug.label("old"), RECORD.c.id, RECORD.c.slug, RECORD.c.name)
    former = former.join(RECORD, RECORD.c.id == FORMER_ID.c.record_id)
    for kind in {kind for kind, _ in missing}:
        slugs = [slug for of, slug in missing if of == kind]
        query = select(RECORD.c.slug, RECORD.c.id).where(RECORD.c.kind == kind, RECORD.c.slug.in_(slugs))
        snapshot.keys |= {(kind, row.slug): row.id for row in snapshot.rows(query)}
        if unknown := [slug for slug in slugs if snapshot.keys[kind, slug] is None]:
            for row in snapshot.rows(former.where(FORMER_ID.c.kind == kind, FORMER_ID.c.slug.in_(unknown))):
                snapshot.keys[kind, row.old] = row.id
                snapshot.former[kind, row.old] = ref(kind, row.slug, row.name)
    return {value: key for value, pair in named.items() if (key := snapshot.keys[pair]) is not None}


def _parts(kinds: Sequence[KindName], value: str) -> tuple[Sequence[KindName], str]:
    """The kinds that a value can mean, and the id in it."""
    if len(kinds) == 1:
        return kinds, value
    kind, slash, slug = value.partition("/")
    return ([KindName(kind)] if slash and kind in kinds else kinds), slug if slash else kind


def _path(kind: KindName) -> str:
    return f"/v1/{KINDS[kind].plural}"


def _suggestion(kinds: Sequence[KindName], similar: dict[str, Any] | None = None) -> str:
    """`; did you mean 'x'?`, in the notation of the parameter; empty without a similar record."""
    if similar is None:
        return ""
    return f"; did you mean '{similar['id'] if len(kinds) == 1 else '{kind}/{id}'.format_map(similar)}'?"
