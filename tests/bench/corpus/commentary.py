"""Generated commentaries: a text, and an analysis with the proportions of the seed's."""

from random import Random

import orjson

from app.model.vocabularies import (
    METRICS,
    ActorType,
    AssessmentType,
    Conduct,
    EventType,
    MeasureType,
    Modality,
    Relation,
    RelationshipStatus,
    RelationshipType,
    SanctionStatus,
    Sector,
    Stance,
    StatementType,
    modes_of,
)
from tests.bench.corpus.dates import date
from tests.bench.corpus.language import Language
from tests.bench.corpus.scene import NEW, Draft, Scene
from tests.bench.corpus.world import Actor, World

_PROPORTIONS = {"events": 43, "sanctions": 4, "statements": 12, "relationships": 19, "figures": 11, "assessments": 36}
"""Number of records per list in the seed."""
SIZE = 1 + NEW + sum(_PROPORTIONS.values())
"""Number of records that a commentary introduces."""

_COUNTRIES = ["BY", "CN", "DE", "FI", "FR", "GB", "IR", "JP", "KP", "KR", "KZ", "PL", "RU", "SE", "TR", "UA", "US"]
_TYPES = dict.fromkeys(EventType, 3.0) | {EventType.OTHER: 20, EventType.COOPERATE: 11, EventType.CONSULT: 8}
_MODALITIES = dict(zip(Modality, (45, 18, 12, 22, 3), strict=True))
_HEDGES = {
    "will": "certain",
    "would": "likely",
    "is likely to": "likely",
    "may": "possible",
    "could": "possible",
    "might": "possible",
    "may not": "unlikely",
    "has yet to": "unstated",
}
_UNITS = ("tonnes", "people", "barrels", "kilometres", "months", "years")
_QUANTITY_INTERVAL = 4
"""Every n-th event mentions a quantity."""


def commentary(world: World, language: Language, random: Random, number: int) -> bytes:
    """Generate bundle `number` of a world, as JSON for the loader."""
    year = random.randint(1995, 2024)
    name = f"generated-commentary-{number}"
    heading = f"Generated Commentary No. {number}, {year}"
    scene = Scene(world, language, random, name, heading)
    lists = {plural: [make(scene, index) for index in range(_PROPORTIONS[plural])] for plural, make in _MAKERS.items()}
    lists["actors"] = [_actor(scene, actor) for actor in scene.new]
    document = {
        "id": name,
        "name": heading,
        "summary": scene.summary("The author tells"),
        "topics": scene.topics(),
        "series": "Generated Commentary",
        "number": str(number),
        "published": {"text": str(year), "edtf": str(year)},
        "language": "en",
        "rights": "Made up for measurements; nobody's.",
        "analysis": {"by": "The generator of the benchmark", "method": "machine", "date": "2026-01-01"},
    }
    also = [
        {"record": f"actor/{known.id}", "aliases": [known.name], "evidence": [scene.quote_about(known)]}
        for known in scene.known
    ]
    analysis = {"document": document, "passages": {"1": "heading"}, **lists, "also": also}
    world.remember(event for event, _, _ in scene.events)
    return orjson.dumps({"text": scene.prose.text, "analysis": analysis})


def _actor(scene: Scene, actor: Actor) -> Draft:
    draft: Draft = {
        "id": actor.id,
        "name": actor.name,
        "summary": scene.summary(actor.name),
        "topics": scene.topics(),
        "evidence": [scene.quote_about(actor)],
        "type": actor.type,
        "sector": scene.random.choice([None, *Sector]),
        "named": actor.type is not ActorType.GROUP,
        "country": scene.random.choice([None, *_COUNTRIES]),
    }
    bodies = [other.id for other in scene.new if other.type is ActorType.BODY and other is not actor]
    if bodies and actor.type is ActorType.PERSON:
        draft["roles"] = [{"title": scene.language.noun(), "organisation": scene.random.choice(bodies)}]
    if bodies and actor.type is ActorType.ORGANISATION:
        draft["part_of"] = scene.random.choice(bodies)
    return draft


def _event(scene: Scene, number: int) -> Draft:
    random, language = scene.random, scene.language
    actors = scene.actors(random.choices([1, 2, 3, 4], [30, 45, 20, 5])[0])
    names = [actor.name for actor in actors]
    deed, circumstance = language.deed(), language.circumstance()
    wording = date(random) if random.random() < 0.7 else None
    clauses = [
        f"{names[0]} {deed}",
        f"with {' and '.join(names[1:])}" if names[1:] else "",
        f"for {_quantity(scene)}" if number % _QUANTITY_INTERVAL == 0 else "",
        wording[0] if wording else "",
        circumstance,
    ]
    sentence = scene.write(" ".join(filter(None, clauses)), *actors)
    draft = scene.dated("date", wording, sentence, scene.draft("event", number, clauses[0], sentence))
    kind = scene.weighted(_TYPES)
    draft |= {
        "type": kind,
        "mode": random.choice([None, None, *modes_of(kind)]),
        "modality": scene.weighted(_MODALITIES),
        "locations": [],
        "participants": [
            {"actor": actor.id, "role": role} for actor, role in zip(actors, scene.roles(len(actors)), strict=True)
        ],
        "related": [
            {"record": record, "relation": random.choice(list(Relation))}
            for record in scene.references(random.choice([0, 0, 1, 1, 1, 2]))
        ],
    }
    if random.random() < 0.15:
        draft["locations"] = [{"name": language.noun().capitalize(), "country": random.choice(_COUNTRIES)}]
    if random.random() < 0.03:
        draft["outcome"] = {"text": circumstance, "status": random.choice(["met", "missed", "partly"])}
        draft["evidence"].append(scene.prose.quote(sentence, circumstance, "/outcome"))
    scene.events.append((draft["id"], sentence, actors))
    return draft


def _sanction(scene: Scene, number: int) -> Draft:
    random, language = scene.random, scene.language
    authority, *targets = scene.actors(3)
    goods = [language.plural(), language.plural()]
    ban = f"banned {goods[0]} and {goods[1]}"
    hedge = f"both {language.adverb()} {language.past()}"
    wording = date(random)
    names = f"from {targets[0].name} and {targets[1].name}"
    sentence = scene.write(f"{authority.name} {ban} {names} {wording[0]}, which {hedge}", authority, *targets)
    draft = scene.draft("sanction", number, f"{authority.name} {ban}", sentence)
    draft["evidence"] += [
        scene.prose.quote(sentence, ban, "/measures/0"),
        scene.prose.quote(sentence, hedge, "/enforcement/0"),
    ]
    return scene.dated("adopted", wording, sentence, draft) | {
        "authority": authority.id,
        "targets": [target.id for target in targets],
        "measures": [
            {"type": kind, "goods": goods, "description": f"No {goods[0]} and no {goods[1]} may be sold."}
            for kind in random.sample(list(MeasureType), 2)
        ],
        "status": random.choice(list(SanctionStatus)),
        "reason": scene.summary(targets[0].name),
        "trigger": random.choice(scene.events)[0],
        "enforcement": [
            {
                "actor": targets[0].id,
                "conduct": random.choice(list(Conduct)),
                "modality": scene.weighted(_MODALITIES),
                "text": hedge,
                "summary": scene.summary(targets[0].name),
            }
        ],
    }


def _statement(scene: Scene, number: int) -> Draft:
    random, language = scene.random, scene.language
    [speaker] = scene.actors(1)
    quote = f"We {language.verb()} {language.thing()} {language.circumstance()}"
    wording = date(random) if random.random() < 0.5 else None
    when = f" {wording[0]}" if wording else ""
    sentence = scene.write(f"{speaker.name} said{when}: “{quote}”", speaker)
    draft = scene.draft("statement", number, f"{speaker.name} on {language.thing()}", sentence)
    draft["evidence"].append(scene.prose.quote(sentence, quote, "/text"))
    about = scene.references(2)
    return scene.dated("date", wording, sentence, draft) | {
        "type": random.choice(list(StatementType)),
        "speakers": [{"actor": speaker.id, "capacity": language.noun()}],
        "text": quote,
        "about": about,
        "stances": [{"toward": about[0], "value": random.choice(list(Stance))}],
        "event": random.choice([None, random.choice(scene.events)[0]]),
    }


def _relationship(scene: Scene, number: int) -> Draft:
    between = [event for event in scene.events if len(event[2]) > 1]
    _, sentence, (one, other, *_) = between[number % len(between)]
    name = f"{one.name} and {other.name}: {scene.language.noun()}"
    return scene.draft("relationship", number, name, sentence) | {
        "type": scene.random.choice(list(RelationshipType)),
        "subject": one.id,
        "object": other.id,
        "status": scene.random.choices(list(RelationshipStatus), [70, 20, 10])[0],
    }


def _figure(scene: Scene, number: int) -> Draft:
    event, sentence, (actor, *_) = scene.events[number * _QUANTITY_INTERVAL]
    _, _, after = sentence.words.partition(" for some ")
    amount, unit, of, what, *_ = after.split(" ")
    text = f"some {amount} {unit}"
    value = float(amount.replace(",", ""))
    draft = scene.draft("figure", number, f"{unit} {of} {what.strip('.')} for {actor.name}", sentence)
    draft["evidence"].append(scene.prose.quote(sentence, text, "/value"))
    return draft | {
        "metric": scene.random.choice(METRICS).term,
        "value": {"low": value, "high": value, "relation": "about", "unit": unit, "text": text},
        "modality": scene.weighted(_MODALITIES),
        "about": [f"event/{event}"],
        "source": scene.random.choice([None, None, actor.id]),
    }


def _quantity(scene: Scene) -> str:
    amount = scene.random.randint(2, 99) * 10 ** scene.random.randint(0, 4)
    return f"some {amount:,} {scene.random.choice(_UNITS)} of {scene.language.plural()}"


def _assessment(scene: Scene, number: int) -> Draft:
    [actor] = scene.actors(1)
    hedge = scene.random.choice(list(_HEDGES))
    claim = f"{actor.name} {hedge} {scene.language.verb()} {scene.language.thing()}"
    sentence = scene.write(f"{claim} {scene.language.circumstance()}", actor)
    draft = scene.draft("assessment", number, claim, sentence)
    if scene.random.random() < 0.25:
        draft["evidence"].append(scene.prose.quote(sentence, claim))
    return draft | {
        "type": scene.random.choices(list(AssessmentType), [58, 25, 6, 8, 3])[0],
        "likelihood": {"text": hedge, "level": _HEDGES[hedge]},
        "about": scene.references(2),
        "rests_on": scene.references(scene.random.choice([0, 1, 2])),
        "depends_on": scene.references(1) if scene.random.random() < 0.2 else [],
    }


_MAKERS = {
    "events": _event,
    "sanctions": _sanction,
    "statements": _statement,
    "relationships": _relationship,
    "figures": _figure,
    "assessments": _assessment,
}
"""Function that generates a record of each list. The order matters: later records refer to earlier ones."""
