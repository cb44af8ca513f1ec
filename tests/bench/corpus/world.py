"""Actors of all commentaries: one document introduces an actor, and later ones mention it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from app.model.vocabularies import ActorType

_ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "z",
)
_VOWELS = ("a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ou")
_CODAS = ("", "", "", "n", "r", "l", "s", "m", "nd", "rk", "st", "k")
_FORMS = {
    ActorType.STATE: ("{}ia", "{}land", "{}"),
    ActorType.PARTY: ("{} Party", "{} Front", "{} Union"),
    ActorType.BODY: ("Ministry of {}", "{} Council", "Office of {}", "{} Committee"),
    ActorType.INTERNATIONAL_ORGANISATION: ("{} Organisation", "League of {}", "{} Bank"),
    ActorType.OUTLET: ("The {} Times", "{} Daily", "Radio {}"),
    ActorType.COMPANY: ("{} Holdings", "{} Steel", "{} Energy"),
    ActorType.ORGANISATION: ("{} Institute", "{} Foundation", "Centre for {}"),
    ActorType.GROUP: ("{} workers", "{} exporters", "{} veterans"),
}
_SHARES = {
    ActorType.GROUP: 24,
    ActorType.PERSON: 30,
    ActorType.STATE: 12,
    ActorType.BODY: 12,
    ActorType.ORGANISATION: 7,
    ActorType.OUTLET: 5,
    ActorType.COMPANY: 5,
    ActorType.INTERNATIONAL_ORGANISATION: 3,
    ActorType.PARTY: 2,
}
_FREQUENT = 120
"""Number of frequently mentioned actors: the earliest ones, with falling frequency."""
_RECENT = 500
"""Maximum number of recent events to refer to."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor, with the name that all texts use."""

    id: str
    name: str
    type: ActorType


class World:
    """All actors so far, in order of introduction."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._actors: list[Actor] = []
        self._ids: set[str] = set()
        self._weights: list[float] = []
        self.recent_events: list[str] = []
        """Ids of events in recent documents."""

    def remember(self, events: Iterable[str]) -> None:
        """Add the events of a document to the recent events."""
        self.recent_events = [*self.recent_events, *events][-_RECENT:]

    def introduce(self) -> Actor:
        """Create an actor with a new name."""
        kind = self._random.choices(list(_SHARES), list(_SHARES.values()))[0]
        while (slug := (name := self._name(kind)).lower().replace(" ", "-")) in self._ids:
            pass
        self._ids.add(slug)
        actor = Actor(slug, name, kind)
        self._actors.append(actor)
        if len(self._weights) < _FREQUENT:
            self._weights.append(1 / (len(self._weights) + 3))
        return actor

    def meet(self, count: int) -> list[Actor]:
        """Draw known actors: most of them frequent ones, the others from all."""
        if not self._actors:
            return []
        frequent = self._random.choices(self._actors[:_FREQUENT], self._weights, k=count * 3 // 4)
        others = self._random.choices(self._actors, k=count - count * 3 // 4)
        return list(dict.fromkeys(frequent + others))

    def _name(self, kind: ActorType) -> str:
        if kind is ActorType.PERSON:
            return f"{self._fictitious(1)} {self._fictitious(2)}"
        return self._random.choice(_FORMS[kind]).format(self._fictitious(2))

    def _fictitious(self, syllables: int) -> str:
        """Generate a fictitious name."""
        pick = self._random.choice
        parts = [pick(_ONSETS) + pick(_VOWELS) for _ in range(syllables)]
        return ("".join(parts) + pick(_CODAS)).capitalize()
