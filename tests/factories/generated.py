"""Commentaries generated from a random seed, with records of every kind and nulls in every optional field."""

import json
from pathlib import Path
from random import Random
from typing import Any

from app.model.vocabularies import (
    METRICS,
    TOPICS,
    UNITS,
    ActorType,
    AssessmentType,
    EventType,
    FigureRelation,
    Likelihood,
    MeasureType,
    Modality,
    ParticipantRole,
    RelationshipStatus,
    RelationshipType,
    SanctionStatus,
    Stance,
    StatementType,
)

DATES = ["2014", "2014-03", "2014-03-05", "199X", "../2016", "2016/..", "2016/2020", "2022-03~", "2019-24", "2022-02~/"]
NAMES = ["Ångström", "Boréal", "čapek", "Delta", "echo", "Élan", "Łódź", "Ωmega", "Zürich", "𝔘nion", "del"]
COUNTRIES = ["KP", "RU", "CN", "SE", None]


class Commentary:
    """One generated bundle: `text` and `analysis` grow as records are added."""

    def __init__(self, name: str, random: Random, records: int) -> None:
        self.name = name
        self.random = random
        self.lines = [f"Generated Commentary {name}"]
        self.actors: list[str] = []
        self.others: list[str] = []
        self.analysis: dict[str, Any] = {
            "document": {
                "id": name,
                "name": f"Generated Commentary {name}",
                "summary": "A text made for tests.",
                "topics": self._topics(),
                "published": {"text": name, "edtf": random.choice(DATES)},
                "language": "en",
                "rights": "Made for tests; nobody's.",
                "analysis": {"by": "The generator", "method": "machine", "date": "2026-01-01"},
            },
            "passages": {1: "heading"},
        }
        makers = {
            "actors": self._actor,
            "events": self._event,
            "sanctions": self._sanction,
            "statements": self._statement,
            "relationships": self._relationship,
            "figures": self._figure,
            "assessments": self._assessment,
        }
        share = max(1, records // len(makers))
        for plural, make in makers.items():
            self.analysis[plural] = [make(number) for number in range(share)]
            if plural != "actors":
                self.others += [f"{plural[:-1]}/{record['id']}" for record in self.analysis[plural]]

    def write(self, folder: Path) -> Path:
        """Write the bundle into a new folder; JSON is valid YAML."""
        bundle = folder / self.name
        bundle.mkdir(parents=True)
        (bundle / "document.txt").write_text("\n".join(self.lines), encoding="utf-8")
        (bundle / "analysis.yaml").write_text(json.dumps(self.analysis, ensure_ascii=False), encoding="utf-8")
        return bundle

    def _record(self, kind: str, number: int, dated: str | None = None) -> dict[str, Any]:
        """The common fields of a record; adds the sentence that it quotes."""
        title = f"{self.random.choice(NAMES)} {self.random.choice(NAMES)} {kind} {number} of {self.name}"
        words = f", {dated}" if dated else ""
        sentence = f"Here stands {title}{words}, some 5 of them, which may “matter {number}”."
        self.lines.append(sentence)
        return {
            "id": f"{kind}-{number}-of-{self.name}",
            "name": title,
            "summary": f"A made-up {kind}, for the number {number}.",
            "topics": self._topics(),
            "evidence": [sentence, *([f"Here stands {title}"] if self.random.random() < 0.4 else [])],
        }

    def _topics(self) -> list[str]:
        return [term.term for term in self.random.sample(TOPICS, self.random.randint(0, 2))]

    def _dated(self, kind: str, number: int, field: str) -> dict[str, Any]:
        if self.random.random() < 0.3:
            return self._record(kind, number)
        edtf = self.random.choice([*DATES, None])
        text = f"at time {number} of {kind}"
        return self._record(kind, number, text) | {field: {"text": text, "edtf": edtf}}

    def _some(self, pool: list[str], most: int) -> list[str]:
        return self.random.sample(pool, min(len(pool), self.random.randint(0, most)))

    def _maybe_actor(self) -> str | None:
        return self.random.choice([None, *self.actors[-20:]])

    def _any(self) -> list[str]:
        return self._some([*(f"actor/{actor}" for actor in self.actors[-20:]), *self.others[-20:]], 3)

    def _actor(self, number: int) -> dict[str, Any]:
        actor = self._record("actor", number) | {
            "type": self.random.choice(list(ActorType)),
            "named": self.random.random() < 0.8,
            "country": self.random.choice(COUNTRIES),
            "part_of": self._maybe_actor(),
        }
        self.actors.append(actor["id"])
        return actor

    def _event(self, number: int) -> dict[str, Any]:
        return self._dated("event", number, "date") | {
            "type": self.random.choice(list(EventType)),
            "modality": self.random.choice(list(Modality)),
            "locations": [{"name": "Somewhere", "country": self.random.choice(COUNTRIES)}],
            "participants": [
                {"actor": actor, "role": self.random.choice(list(ParticipantRole))}
                for actor in self._some(self.actors, 3)
            ],
        }

    def _sanction(self, number: int) -> dict[str, Any]:
        return self._dated("sanction", number, "adopted") | {
            "authority": self._maybe_actor(),
            "targets": self._some(self.actors, 2),
            "measures": [{"type": self.random.choice(list(MeasureType)), "description": "Something is forbidden."}],
            "status": self.random.choice(list(SanctionStatus)),
        }

    def _statement(self, number: int) -> dict[str, Any]:
        return self._dated("statement", number, "date") | {
            "type": self.random.choice(list(StatementType)),
            "speakers": [{"actor": actor} for actor in self._some(self.actors, 2)],
            "text": self.random.choice([None, f"matter {number}"]),
            "medium": self._maybe_actor(),
            "about": self._any(),
            "stances": [{"toward": about, "value": self.random.choice(list(Stance))} for about in self._any()[:1]],
        }

    def _relationship(self, number: int) -> dict[str, Any]:
        return self._dated("relationship", number, "period") | {
            "type": self.random.choice(list(RelationshipType)),
            "subject": self.random.choice(self.actors),
            "object": self.random.choice(self.actors),
            "status": self.random.choice(list(RelationshipStatus)),
        }

    def _figure(self, number: int) -> dict[str, Any]:
        relation = self.random.choice([FigureRelation.ABOUT, FigureRelation.AT_LEAST, FigureRelation.AT_MOST])
        value = {
            "low": None if relation == FigureRelation.AT_MOST else 5,
            "high": None if relation == FigureRelation.AT_LEAST else 5,
        }
        return self._dated("figure", number, "as_of") | {
            "metric": self.random.choice(METRICS).term,
            "value": value | {"relation": relation, "unit": self.random.choice(UNITS).term, "text": "some 5 of them"},
            "modality": self.random.choice(list(Modality)),
            "about": self._any(),
            "source": self._maybe_actor(),
        }

    def _assessment(self, number: int) -> dict[str, Any]:
        return self._record("assessment", number) | {
            "type": self.random.choice(list(AssessmentType)),
            "likelihood": {"text": self.random.choice([None, "may"]), "level": self.random.choice(list(Likelihood))},
            "about": self._any(),
            "rests_on": self._any(),
        }
