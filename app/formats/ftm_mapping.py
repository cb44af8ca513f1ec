"""The mapping of records to FollowTheMoney entities. docs/ftm.md has it as a table, and lists what is lost."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pycountry

from app.model.shape import KindName
from app.model.vocabularies import ActorType, Modality, RelationshipType

ACTORS = {
    ActorType.STATE: "PublicBody",
    ActorType.PERSON: "Person",
    ActorType.PARTY: "Organization",
    ActorType.BODY: "PublicBody",
    ActorType.INTERNATIONAL_ORGANISATION: "Organization",
    ActorType.OUTLET: "Organization",
    ActorType.COMPANY: "Company",
    ActorType.ORGANISATION: "Organization",
    ActorType.GROUP: "LegalEntity",
}
LINKS = {
    RelationshipType.MEMBERSHIP: ("Membership", "member", "organization"),
    RelationshipType.LEADERSHIP: ("Directorship", "director", "organization"),
    RelationshipType.EMPLOYMENT: ("Employment", "employee", "employer"),
    RelationshipType.REPRESENTATION: ("Representation", "agent", "client"),
    RelationshipType.OWNERSHIP: ("Ownership", "owner", "asset"),
    RelationshipType.SUCCESSION: ("Succession", "successor", "predecessor"),
    RelationshipType.KINSHIP: ("Family", "person", "relative"),
}
"""Schema of a relationship, with the properties for its subject and its object; other types are an UnknownLink."""
ALLOWED = {
    "organization": {"Organization", "PublicBody", "Company"},
    "employer": {"Organization", "PublicBody", "Company"},
    "employee": {"Person"},
    "person": {"Person"},
    "relative": {"Person"},
    "asset": {"Company"},
}
"""Schemata allowed in the properties of a link. With an actor of another schema, the link is an UnknownLink."""
HAPPENING = (Modality.ACTUAL, Modality.HABITUAL)
"""The modalities that become an Event, because its schema has no property for plans or denials."""

_TOPICS = {
    ActorType.STATE: "gov.national",
    ActorType.PARTY: "pol.party",
    ActorType.INTERNATIONAL_ORGANISATION: "gov.igo",
}
_FORMER = {"SU": "suhh", "CS": "cshh", "YU": "yucs", "DD": "dd"}
_YEARS = "1000", "3000"
"""The first year that FollowTheMoney can express, and the year after the last."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Entity:
    """An entity of FollowTheMoney."""

    id: str
    schema: str
    properties: dict[str, list[str]]

    @classmethod
    def of(cls, id: str, schema: str, **properties: Any) -> "Entity":
        """An entity from single values, lists and nulls, without the properties that have no value."""
        lists = {name: [value] if isinstance(value, str) else list(value or ()) for name, value in properties.items()}
        kept = {name: list(dict.fromkeys(filter(None, values))) for name, values in lists.items()}
        return cls(id, schema, {name: values for name, values in kept.items() if values})


Actors = Mapping[str, Any]
"""Database rows with `type` and `country` of the actors that records refer to, by id."""


def entity_of(record: Json, actors: Actors) -> Entity:
    """The entity of a record; a kind without a mapping becomes a Note."""
    mapped = _MAPPED.get(record["kind"])
    return mapped(record, actors) if mapped else _note(record)


def things_of(record: Json, entity: Entity) -> list[str]:
    """The entities that a quote documents: a Sanction's targets, a relationship's ends, or the record's own."""
    if entity.schema == "Sanction":
        return [ref_id(target) for target in record["targets"]]
    if record["kind"] == KindName.RELATIONSHIP:
        return [ref_id(record["subject"]), ref_id(record["object"])]
    return [entity.id]


def ref_id(ref: Json) -> str:
    """The id of the entity of a record."""
    return f"{ref['kind']}-{ref['id']}"


def dates(date: Json | None) -> dict[str, str]:
    """`date` for a day; otherwise the bounds as `startDate` and `endDate`.

    All are days, because the RDF export of FollowTheMoney types every date as xsd:date.
    """
    if date is None:
        return {}
    start, end = _YEARS
    first, last = (day if day and start <= day < end else None for day in (date["earliest"], date["latest"]))
    found = {"date": first} if first == last else {"startDate": first, "endDate": last}
    return {name: day for name, day in found.items() if day}


def country(code: str | None) -> str | None:
    """The FollowTheMoney code of a country; None for a former country that has none."""
    if code and pycountry.countries.get(alpha_2=code):
        return code.lower()
    return _FORMER.get(code or "")


def _actor(record: Json, _actors: Actors) -> Entity:
    schema = ACTORS[ActorType(record["type"])]
    roles = [", ".join(filter(None, (role["title"], _name(role["organisation"])))) for role in record["roles"]]
    return Entity.of(
        ref_id(record),
        schema,
        **_thing(record, record["type"]),
        alias=map(_line, record["aliases"]),
        country=country(record["country"]),
        topics=_TOPICS.get(record["type"]),
        sector=record["sector"],
        wikidataId=[found["value"] for found in record["identifiers"] if found["scheme"] == "wikidata"],
        parent=record["part_of"] and ref_id(record["part_of"]),
        **({"position": map(_line, roles)} if schema == "Person" else {}),
    )


def _event(record: Json, _actors: Actors) -> Entity:
    about = [participant["actor"] for participant in record["participants"]]
    words = [record["type"], record["mode"], record["modality"]]
    if record["modality"] not in HAPPENING:
        return _note(record, words, about)
    return Entity.of(
        ref_id(record),
        "Event",
        **_thing(record, *words),
        **dates(record["date"]),
        location=[_line(place["name"]) for place in record["locations"]],
        country=[country(place["country"]) for place in record["locations"]],
        involved=map(ref_id, about),
        organizer=[ref_id(part["actor"]) for part in record["participants"] if part["role"] == "host"],
    )


def _sanction(record: Json, actors: Actors) -> Entity:
    if not record["targets"]:  # a Sanction entity needs a target
        return _note(record, [record["status"]], [record["authority"]] if record["authority"] else [])
    authority, instrument = record["authority"], record["instrument"] or {}
    known = actors.get(authority["id"]) if authority else None
    return Entity.of(
        ref_id(record),
        "Sanction",
        **_interval(record),
        **dates(record["adopted"]),
        entity=map(ref_id, record["targets"]),
        authority=_name(authority),
        country=country(known.country) if known else None,
        program=_line(record["programme"]),
        provisions=[_provision(measure) for measure in record["measures"]],
        status=record["status"],
        reason=record["reason"],
        recordId=[_line(instrument.get("symbol")), _line(instrument.get("name"))],
    )


def _provision(measure: Json) -> str:
    goods = f" ({', '.join(measure['goods'])})" if measure["goods"] else ""
    return _line(f"{measure['type']}: {measure['description']}{goods}") or ""


def _relationship(record: Json, actors: Actors) -> Entity:
    ends = [record["subject"], record["object"]]
    schema, *sides = LINKS.get(record["type"], ("UnknownLink", "subject", "object"))
    schemata = [ACTORS[actors[end["id"]].type] for end in ends]
    if any(found not in ALLOWED.get(side, {found}) for side, found in zip(sides, schemata, strict=True)):
        schema, *sides = "UnknownLink", "subject", "object"
    what = RelationshipType(record["type"]).label
    tie = {"relationship": what} if schema == "Family" else {"role": what, "status": record["status"]}
    values = {side: ref_id(end) for side, end in zip(sides, ends, strict=True)}
    return Entity.of(ref_id(record), schema, **_interval(record), **dates(record["period"]), **tie, **values)


def _statement(record: Json, _actors: Actors) -> Entity:
    about = [*(speaker["actor"] for speaker in record["speakers"]), *record["about"]]
    return _note(record, [record["type"]], about, [record["text"]])


def _figure(record: Json, _actors: Actors) -> Entity:
    words = [record["metric"], record["value"]["unit"], record["modality"]]
    return _note(record, words, record["about"], [record["value"]["text"]])


def _assessment(record: Json, _actors: Actors) -> Entity:
    return _note(record, [record["type"], record["likelihood"]["level"]], record["about"])


def _note(
    record: Json, words: Iterable[str | None] = (), about: Iterable[Json] = (), description: Collection[str | None] = ()
) -> Entity:
    # A Note refers to Things; links and Sanctions are Intervals.
    things = [ref for ref in about if ref["kind"] not in (KindName.RELATIONSHIP, KindName.SANCTION)]
    thing = _thing(record, *words)
    return Entity.of(ref_id(record), "Note", **thing, entity=map(ref_id, things), description=description)


def _document(record: Json, _actors: Actors) -> Entity:
    language = pycountry.languages.get(alpha_2=record["language"].split("-")[0])
    published = record["published"]
    day = dates(published).get("date")
    return Entity.of(
        ref_id(record),
        "Article",
        **_thing(record),
        title=_line(record["title"]),
        author=map(_name, record["authors"]),
        publisher=_name(record["publisher"]),
        publishedAt=day,
        description=None if day else f"published {published['text']}",
        language=language.alpha_3 if language else None,
        sourceUrl=record["source_url"],
    )


_MAPPED: dict[str, Callable[[Json, Actors], Entity]] = {
    KindName.ACTOR: _actor,
    KindName.EVENT: _event,
    KindName.SANCTION: _sanction,
    KindName.STATEMENT: _statement,
    KindName.RELATIONSHIP: _relationship,
    KindName.FIGURE: _figure,
    KindName.ASSESSMENT: _assessment,
    KindName.DOCUMENT: _document,
}


def _thing(record: Json, *words: str | None) -> dict[str, Any]:
    """The properties of every Thing."""
    return {
        "name": _line(record["name"]),
        "summary": record["summary"],
        "keywords": [record["kind"], *words, *record["topics"]],
        "proof": record["document"] and ref_id(record["document"]),
    }


def _interval(record: Json) -> dict[str, Any]:
    """The properties of every Interval; it has no name, so the record's name is the description."""
    return {"description": _line(record["name"]), "summary": record["summary"], "proof": ref_id(record["document"])}


def _name(ref: Json | None) -> str | None:
    return _line(ref["name"]) if ref else None


def _line(text: str | None) -> str | None:
    """Text on one line, since FollowTheMoney collapses white space in names and labels."""
    return " ".join(text.split()) if text else None
