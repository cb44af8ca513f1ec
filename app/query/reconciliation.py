"""Reconciliation: the records that a name in somebody's table most likely means, with scores."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from statistics import fmean
from typing import Any

import orjson
from rapidfuzz import process
from rapidfuzz.fuzz import ratio, token_sort_ratio
from sqlalchemy import bindparam, select

from app.model.countries import countries
from app.model.kinds import KINDS, ref
from app.model.shape import SLUG, KindName
from app.model.sounds import romanised
from app.model.tables import ACTOR, RECORD
from app.model.tokens import words
from app.model.vocabularies import ActorType
from app.query.completion import complete
from app.query.ids import keys_of
from app.query.nearest import nearest
from app.query.prepared import Prepared
from app.query.snapshot import Snapshot

EXACT = 100.0
"""The score of a record with this name."""
_MIN_SCORE = 50.0
_CANDIDATES = 20
_UNKNOWN, _DIFFERENT = 0.98, 0.7
"""The score is multiplied by these for each property that the record does not have, or has with another value."""
_ARTICLE = re.compile(r"^\s*the\s+(?=\w)", re.IGNORECASE)
_STATES = Prepared(
    select(RECORD.c.slug, RECORD.c.name)
    .join(ACTOR, ACTOR.c.id == RECORD.c.id)
    .where(ACTOR.c.country == bindparam("country"), ACTOR.c.type == ActorType.STATE)
    .limit(_CANDIDATES)
)


@dataclass(frozen=True)
class Sought:
    """A name to reconcile, and what else is known of its record."""

    name: str
    kinds: Collection[KindName]
    actor_types: Collection[str] = ()
    """The types that an actor may have; empty for all."""
    properties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The values of some of `PROPERTIES`."""

    def takes(self, record: Mapping[str, Any]) -> bool:
        """True if the record has one of the kinds and types."""
        any_type = not self.actor_types or record["kind"] != KindName.ACTOR
        return record["kind"] in self.kinds and (any_type or record["type"] in self.actor_types)


@dataclass(frozen=True)
class Candidate:
    """A record that may be sought, with its score from 0 to 100."""

    record: dict[str, Any]
    score: float
    similarity: float
    """The similarity of the names, from 0 to 100."""
    agrees: Mapping[str, bool | None]
    """For each property that is sought: True if the record has the value, None if that is unknown."""
    match: bool = False
    """True if it is certainly the record sought."""


def reconcile(snapshot: Snapshot, sought: Sought, limit: int) -> list[Candidate]:
    """The candidates with the highest scores, at most `limit`.

    Only the first can be a match: the record has the name in full or the identifier, no property differs, and no other
    candidate could be meant.
    """
    for record in records_by_id(snapshot, [sought.name]).values():
        sought = replace(sought, name=entity_id(record))
    found = [each for record in _records(snapshot, sought) if (each := _candidate(sought, record)).score >= _MIN_SCORE]
    found.sort(key=lambda each: (-each.score, -each.record.get("mention_count", 0), each.record["id"]))
    if found and _is_certain(sought.name, found):
        found[0] = replace(found[0], match=True)
    return found[:limit]


def _records(snapshot: Snapshot, sought: Sought) -> Iterable[dict[str, Any]]:
    """The records to compare: those that `/v1/suggest` finds by name, id or identifier, and states by formal name."""
    identifiers = [*map(_last, sought.properties.get("identifier", ()))]
    found: list[dict[str, Any]] = []
    # Similar names of all kinds would take most of the time. Only actors have names; others have titles.
    similar = {KindName.ACTOR} & set(sought.kinds) or sought.kinds
    for text in dict.fromkeys([sought.name, _ARTICLE.sub("", sought.name), *identifiers]):
        if words(text):
            found += [*complete(snapshot, text), *nearest(snapshot, similar, text, _CANDIDATES)]
    for code in _codes().get(_key(sought.name), ()):
        found += [ref(KindName.ACTOR, *row) for row in snapshot.rows(_STATES, {"country": code})]
    ids = [sought.name, *(entity_id(each) for each in found if each["kind"] in sought.kinds)]
    return filter(sought.takes, records_by_id(snapshot, ids).values())


def entity_id(ref: Mapping[str, Any]) -> str:
    """The id of a record or Ref, unique among all kinds: the end of its path, `actors/north-korea`."""
    url: str = ref["url"]
    return url.removeprefix("/v1/")


def records_by_id(snapshot: Snapshot, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The records with some ids, former ids, or URLs that end in them, by what is given. Others are left out."""
    keys: dict[str, int] = {}
    for given in dict.fromkeys(ids):
        *_, plural, slug = ("", *given.rsplit("/", 2))
        for kind in KINDS.values():
            if kind.plural == plural and re.fullmatch(SLUG, slug):
                keys.update((given, key) for key in keys_of(snapshot, [kind.name], [slug]).values())
    query = select(RECORD.c.id, RECORD.c.body).where(RECORD.c.id.in_(keys.values()))
    records = {row.id: orjson.loads(row.body) for row in snapshot.rows(query)} if keys else {}
    return {given: records[key] for given, key in keys.items()}


def _candidate(sought: Sought, record: dict[str, Any]) -> Candidate:
    agrees = {name: PROPERTIES[name](record, values) for name, values in sought.properties.items()}
    similarity = _similarity(sought.name, names_of(record))
    score = EXACT if agrees.get("identifier") else similarity
    for agreed in agrees.values():
        score *= {True: 1, None: _UNKNOWN, False: _DIFFERENT}[agreed]
    return Candidate(record, round(score, 1), round(similarity, 1), agrees)


def _is_certain(name: str, found: Sequence[Candidate]) -> bool:
    """True if the first candidate is certainly the one sought."""
    first, *others = found
    if False in first.agrees.values():
        return False
    if first.agrees.get("identifier"):
        return not any(other.agrees["identifier"] for other in others)
    key = _key(name)
    if first.similarity < EXACT or any(other.score == first.score for other in others):
        return False
    if _similarity(name, [first.record["name"]]) == EXACT or any(first.agrees.values()):
        return True
    # An alias may be a part of the name of another: several persons are called Kim.
    rivals = (other.record for other in others if other.record.get("type") == first.record.get("type"))
    return not any(key < _key(each) for rival in rivals for each in names_of(rival))


def names_of(record: Mapping[str, Any]) -> Iterator[str]:
    """All that names a record: its name, aliases, id, identifiers and symbol; also the names of a state's country."""
    yield record["name"]
    yield from record.get("aliases", ())
    yield record["id"]
    yield entity_id(record)
    yield from (each["value"] for each in record.get("identifiers", ()))
    yield (record.get("instrument") or {}).get("symbol") or ""
    if record.get("type") == ActorType.STATE:
        yield from _countries().get(record["country"] or "", ())


def _similarity(name: str, names: Iterable[str]) -> float:
    own, latin = _words(name), _words(romanised(name))
    return max(EXACT if _same(own, _words(each)) else _likeness(latin, _words(romanised(each))) for each in names)


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    return bool(one) and (sorted(one) == sorted(other) or "".join(one) == "".join(other))


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """The similarity of two different names by their words, in Latin letters.

    Similar names have up to 95; the less similar their least similar words are, the fewer. A part, as `Putin` of
    “Vladimir Putin”, has up to 90; the shorter it is, the fewer.
    """
    if not one or not other:
        return 0
    fewer, more = sorted((one, other), key=lambda words: len("".join(words)))
    by_word = [process.extractOne(word, more, scorer=ratio)[1] / EXACT for word in fewer]
    covered = len("".join(fewer)) / len("".join(more))
    whole = max(ratio("".join(one), "".join(other)), token_sort_ratio(" ".join(one), " ".join(other)))
    return max(whole * (0.65 + 0.3 * min(by_word)), EXACT * fmean(by_word) * (0.65 + 0.25 * covered))


def _words(name: str) -> list[str]:
    """The words of a name without its article."""
    return words(_ARTICLE.sub("", name))


def _key(name: str) -> frozenset[str]:
    """The words of a name in any order."""
    return frozenset(_words(name))


def _country(record: Mapping[str, Any], values: Iterable[str]) -> bool | None:
    codes = {code for value in values for code in _codes().get(_key(value), (value.upper(),))}
    return record["country"] in codes if record.get("country") else None


def _identifier(record: Mapping[str, Any], values: Iterable[str]) -> bool | None:
    """Compare with `Q423`, `wikidata:Q423` or a URL that ends in it."""
    own = {identifier["value"].casefold() for identifier in record.get("identifiers", ())}
    return any(_last(value).casefold() in own for value in values) if own else None


def _last(value: str) -> str:
    """The identifier in `wikidata:Q423` or in a URL."""
    return value.rpartition("/")[2].rpartition(":")[2]


def _role(record: Mapping[str, Any], values: Iterable[str]) -> bool | None:
    """Compare with titles and organisations. A person may have roles that the texts don't mention."""
    roles = record.get("roles", ())
    names = [name for role in roles for name in (role["title"], (role["organisation"] or {}).get("name", ""))]
    return any(one <= other or other <= one for one in map(_key, names) if one for other in map(_key, values)) or None


PROPERTIES = {"country": _country, "identifier": _identifier, "role": _role}
"""The properties that a query may have, each with the comparison of a record with some values."""


_countries = cache(countries)


@cache
def _codes() -> dict[frozenset[str], list[str]]:
    """The codes of countries by their names and by themselves."""
    codes: dict[frozenset[str], list[str]] = {}
    for code, names in _countries().items():
        for name in (code, *names):
            codes.setdefault(_key(name), []).append(code)
    return codes
