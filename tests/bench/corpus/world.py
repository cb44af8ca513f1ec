"""Who commentaries speak of: actors that one document introduces, and that later ones speak of again."""

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
_GREAT = 120
"""The actors that everybody writes about: the first ones, the very first most of all."""

_RECENT = 500


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor: its id, and the name by which every text calls it."""

    id: str
    name: str
    type: ActorType


class World:
    """All actors so far, in the order in which documents introduced them."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._actors: list[Actor] = []
        self._ids: set[str] = set()
        self._weights: list[float] = []
        self.recent_events: list[str] = []
        """Ids of events that documents told of lately."""

    def remember(self, events: Iterable[str]) -> None:
        """Take note of the events of a document."""
        self.recent_events = [*self.recent_events, *events][-_RECENT:]

    def introduce(self) -> Actor:
        """A new actor."""
        kind = self._random.choices(list(_SHARES), list(_SHARES.values()))[0]
        while (slug := (name := self._called(kind)).lower().replace(" ", "-")) in self._ids:
            pass
        self._ids.add(slug)
        actor = Actor(slug, name, kind)
        self._actors.append(actor)
        if len(self._weights) < _GREAT:
            self._weights.append(1 / (len(self._weights) + 3))
        return actor

    def meet(self, count: int) -> list[Actor]:
        """Some actors that are known already: most of them great ones, the others from anywhere."""
        if not self._actors:
            return []
        great = self._random.choices(self._actors[:_GREAT], self._weights, k=count * 3 // 4)
        others = self._random.choices(self._actors, k=count - count * 3 // 4)
        return list(dict.fromkeys(great + others))

    def _called(self, kind: ActorType) -> str:
        if kind is ActorType.PERSON:
            return f"{self._coined(1)} {self._coined(2)}"
        return self._random.choice(_FORMS[kind]).format(self._coined(2))

    def _coined(self, syllables: int) -> str:
        """A name that is nobody's."""
        pick = self._random.choice
        parts = [pick(_ONSETS) + pick(_VOWELS) for _ in range(syllables)]
        return ("".join(parts) + pick(_CODAS)).capitalize()
