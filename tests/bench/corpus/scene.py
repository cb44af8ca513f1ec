"""What the records of one commentary share: its text, its cast, and how they are named, cited and referred to."""

from collections.abc import Mapping
from random import Random
from typing import Any, TypeVar

from app.model.vocabularies import TOPICS, ParticipantRole
from tests.bench.corpus.dates import Wording
from tests.bench.corpus.language import Language
from tests.bench.corpus.prose import Prose, Sentence
from tests.bench.corpus.world import Actor, World

Draft = dict[str, Any]
T = TypeVar("T")

_TOPICS = [topic.term for topic in TOPICS]
_TOPIC_WEIGHTS = [1 / (rank + 2) for rank in range(len(_TOPICS))]
NEW, _KNOWN = 25, 16
"""The seed has 35 actors, all of them new; a later text speaks of many that are known."""


class Scene:
    """The text and the cast of a commentary while its records are made."""

    def __init__(self, world: World, language: Language, random: Random, name: str, heading: str) -> None:
        self.language = language
        self.random = random
        self.name = name
        self.prose = Prose(heading)
        self.known = world.meet(_KNOWN)
        self.new = [world.introduce() for _ in range(NEW)]
        self.events: list[tuple[str, Sentence, list[Actor]]] = []
        """The events so far: their ids, their sentences, and who takes part."""
        self._cast = self.known + self.new
        random.shuffle(self._cast)
        self._unsaid = list(self._cast)
        self._said: dict[Actor, Sentence] = {}
        self._recent = world.recent_events

    def actors(self, count: int) -> list[Actor]:
        """Some actors, each once; first those of whom the text has not spoken yet."""
        chosen = [self._unsaid.pop() for _ in range(min(count, len(self._unsaid)))]
        while len(chosen) < count:
            actor = self.random.choice(self._cast)
            if actor not in chosen:
                chosen.append(actor)
        return chosen

    def write(self, words: str, *actors: Actor) -> Sentence:
        """A sentence that speaks of some actors."""
        sentence = self.prose.add(f"{words}.")
        for actor in actors:
            self._said.setdefault(actor, sentence)
        return sentence

    def saying(self, actor: Actor) -> Draft:
        """A quote that speaks of an actor."""
        return self.prose.quote(self._said[actor])

    def draft(self, kind: str, number: int, name: str, sentence: Sentence) -> Draft:
        """What every record has; it is drawn from a sentence."""
        return {
            "id": f"{kind}-{number}-of-{self.name}",
            "name": name[0].upper() + name[1:],
            "summary": self.summary(name),
            "topics": self.topics(),
            "evidence": [self.prose.quote(sentence)],
        }

    def dated(self, field: str, wording: Wording | None, sentence: Sentence, draft: Draft) -> Draft:
        """A draft with a date, and the quote that backs it; without, where the text gives none."""
        if wording:
            text, edtf = wording
            draft[field] = {"text": text, "edtf": edtf}
            draft["evidence"].append(self.prose.quote(sentence, text, f"/{field}"))
        return draft

    def summary(self, about: str) -> str:
        """A sentence or two in our words."""
        return f"{about}; {self.language.thing()} {self.language.deed()} {self.language.circumstance()}."

    def topics(self) -> list[str]:
        """One to three topics; some are far more frequent than others."""
        return list(dict.fromkeys(self.random.choices(_TOPICS, _TOPIC_WEIGHTS, k=self.random.randint(1, 3))))

    def references(self, count: int) -> list[str]:
        """References to actors and events of this text, and at times to an event of an earlier one."""
        return list(dict.fromkeys(self._reference() for _ in range(count)))

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight says."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def roles(self, count: int) -> list[str]:
        """The part of each of some participants in an event; the first one acts. Nobody votes."""
        return [ParticipantRole.ACTOR, *self.random.choices(list(ParticipantRole), [2, 5, 1, 2, 0], k=count - 1)]

    def _reference(self) -> str:
        share = self.random.random()
        if share < 0.5 or not self.events:
            return f"actor/{self.random.choice(self._cast).id}"
        if share < 0.92 or not self._recent:
            return f"event/{self.random.choice(self.events)[0]}"
        return f"event/{self.random.choice(self._recent)}"
