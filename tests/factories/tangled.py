"""Generated commentaries that fill every field and refer to each other."""

from collections.abc import Sequence
from random import Random
from typing import Any

from app.model.vocabularies import (
    Conduct,
    EventType,
    Modality,
    OutcomeStatus,
    ParticipantRole,
    Position,
    Relation,
    Sector,
    modes_of,
)
from tests.factories.generated import DATES, Commentary

WORDS = """
sanction sanctions sanctioned Sanctioning tie ties tied happy happily café Cafés naïve naive running runs
Jong-un agree agreed agreement 2371 9½ x² O’Neill O’Neill's don't s S-400 's ŁÓDŹ straße 北京 ﬁnance
""".split()  # noqa: SIM905


class Tangled(Commentary):
    """A commentary with every filterable field, which refers to earlier ones and adds quotes to their records."""

    def __init__(self, name: str, random: Random, records: int, earlier: Sequence["Tangled"] = ()) -> None:
        self.elsewhere = [f"actor/{actor}" for other in earlier for actor in other.actors]
        self.elsewhere += [reference for other in earlier for reference in other.others]
        self.events: list[str] = []
        self.sanctions: list[str] = []
        super().__init__(name, random, records)
        self.analysis["document"] |= {
            "publisher": self._maybe_actor(),
            "authors": self._some(self.actors, 2),
            "series": random.choice([None, "Notes", "Letters & Notes"]),
            "language": random.choice(["en", "sv", "en-GB"]),
            "evidence": self.lines[:1] if random.random() < 0.5 else [],
        }
        self.analysis["also"] = [self._addition(reference) for reference in self._some(self.elsewhere, 6)]

    def _words(self) -> str:
        return " ".join(self.random.choices(WORDS, k=4))

    def _record(self, kind: str, number: int, dated: str | None = None) -> dict[str, Any]:
        record = super()._record(kind, number, dated)
        named = [actor["name"] for actor in self.analysis.get("actors", ())]
        about = "".join(f" of {name}" for name in self._some(named, 2))
        said = f"Of {kind} {number} in {self.name} they say {self._words()}{about}."
        self.lines.append(said)
        return record | {"summary": f"{self._words()} {number}.", "evidence": [*record["evidence"], said]}

    def _any(self) -> list[str]:
        return [*super()._any(), *self._some(self.elsewhere, 1)]

    def _of(self, kind: str) -> str | None:
        others = [*self.others[-20:], *self._some(self.elsewhere, 20)]
        return self.random.choice([None, *(o.partition("/")[2] for o in others if o.startswith(kind))])

    def _addition(self, reference: str) -> dict[str, Any]:
        said = f"As {self.name} has it of {reference.replace('/', ' ')}: {self._words()}."
        self.lines.append(said)
        return {"record": reference, "evidence": [said]}

    def _actor(self, number: int) -> dict[str, Any]:
        earlier = self._maybe_actor()
        alias = f"the {self.random.choice(WORDS)} one, number {number} of {self.name}"
        self.lines.append(f"They call it {alias}.")
        return super()._actor(number) | {
            "sector": self.random.choice([None, *list(Sector)[:4]]),
            "aliases": self.random.choice([[], [alias]]),
            "roles": [{"title": "Clerk", "organisation": earlier}] if self.random.random() < 0.5 else [],
        }

    def _event(self, number: int) -> dict[str, Any]:
        event = super()._event(number)
        for participant in event["participants"]:
            participant["position"] = self.random.choice([None, *Position])
        for actor in self._some([participant["actor"] for participant in event["participants"]], 1):
            event["participants"].append({"actor": actor, "role": self.random.choice(list(ParticipantRole))})
        related = [{"record": other, "relation": self.random.choice(list(Relation))} for other in self._any()]
        for other in self._some(self.events[-5:], 2):
            related.append({"record": other, "relation": Relation.PART_OF})
            event["participants"] += [{"actor": actor, "role": "voter"} for actor in self._some(self.actors, 1)]
        self.events.append(f"event/{event['id']}")
        outcome = {"text": "some 5 of them", "status": self.random.choice(list(OutcomeStatus))}
        return event | {
            "mode": self.random.choice([None, *modes_of(EventType(event["type"]))]),
            "related": related,
            "outcome": self.random.choice([None, outcome]),
            "attribution": self._attribution(),
        }

    def _attribution(self) -> str | None:
        own = [*(f"actor/{actor}" for actor in self.actors), *self.others, *self.elsewhere]
        return self.random.choice([None, *(other for other in own if other.startswith(("actor/", "statement/")))])

    def _sanction(self, number: int) -> dict[str, Any]:
        sanction = super()._sanction(number) | {
            "part_of": self.random.choice([None, *self.sanctions]),
            "trigger": self._of("event/"),
            "binds": self._some(self.actors, 2),
            "enforcement": [
                {
                    "actor": actor,
                    "conduct": self.random.choice(list(Conduct)),
                    "modality": self.random.choice(list(Modality)),
                    "date": self.random.choice([None, {"text": "some 5 of them", "edtf": self.random.choice(DATES)}]),
                    "summary": "It does so.",
                }
                for actor in self._some(self.actors, 3)
            ],
        }
        self.sanctions.append(sanction["id"])
        return sanction

    def _statement(self, number: int) -> dict[str, Any]:
        return super()._statement(number) | {"event": self._of("event/")}

    def _assessment(self, number: int) -> dict[str, Any]:
        return super()._assessment(number) | {
            "holder": self._maybe_actor(),
            "depends_on": self._any(),
            "contrasts_with": self._any(),
            "restates": self._any(),
        }
