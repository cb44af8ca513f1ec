"""State shared by the records of one commentary: its text, its actors and its events."""

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
"""Number of new and of known actors per commentary. The seed has 35 actors, all of them new."""


class Scene:
    """Text and actors of a commentary while its records are generated."""

    def __init__(self, world: World, language: Language, random: Random, name: str, heading: str) -> None:
        self.language = language
        self.random = random
        self.name = name
        self.prose = Prose(heading)
        self.known = world.meet(_KNOWN)
        self.new = [world.introduce() for _ in range(NEW)]
        self.events: list[tuple[str, Sentence, list[Actor]]] = []
        """Events so far: id, sentence and participants."""
        self._cast = self.known + self.new
        random.shuffle(self._cast)
        self._unmentioned = list(self._cast)
        self._first_mentions: dict[Actor, Sentence] = {}
        self._recent = world.recent_events

    def actors(self, count: int) -> list[Actor]:
        """Choose distinct actors; those not yet mentioned come first."""
        chosen = [self._unmentioned.pop() for _ in range(min(count, len(self._unmentioned)))]
        while len(chosen) < count:
            actor = self.random.choice(self._cast)
            if actor not in chosen:
                chosen.append(actor)
        return chosen

    def write(self, words: str, *actors: Actor) -> Sentence:
        """Append a sentence that mentions these actors."""
        sentence = self.prose.add(f"{words}.")
        for actor in actors:
            self._first_mentions.setdefault(actor, sentence)
        return sentence

    def quote_about(self, actor: Actor) -> Draft:
        """Quote the first sentence that mentions an actor."""
        return self.prose.quote(self._first_mentions[actor])

    def draft(self, kind: str, number: int, name: str, sentence: Sentence) -> Draft:
        """Draft the fields common to all records, with a sentence as evidence."""
        return {
            "id": f"{kind}-{number}-of-{self.name}",
            "name": name[0].upper() + name[1:],
            "summary": self.summary(name),
            "topics": self.topics(),
            "evidence": [self.prose.quote(sentence)],
        }

    def dated(self, field: str, wording: Wording | None, sentence: Sentence, draft: Draft) -> Draft:
        """Add a date and its evidence to a draft, if the text has a date."""
        if wording:
            text, edtf = wording
            draft[field] = {"text": text, "edtf": edtf}
            draft["evidence"].append(self.prose.quote(sentence, text, f"/{field}"))
        return draft

    def summary(self, about: str) -> str:
        """A generated summary."""
        return f"{about}; {self.language.thing()} {self.language.deed()} {self.language.circumstance()}."

    def topics(self) -> list[str]:
        """Draw one to three topics with unequal frequencies."""
        return list(dict.fromkeys(self.random.choices(_TOPICS, _TOPIC_WEIGHTS, k=self.random.randint(1, 3))))

    def references(self, count: int) -> list[str]:
        """Draw references to actors and events of this text, and sometimes to an event of an earlier one."""
        return list(dict.fromkeys(self._reference() for _ in range(count)))

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Draw a key with the probability of its weight."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def roles(self, count: int) -> list[str]:
        """Draw the roles of the participants in an event; the first is the actor. Nobody votes."""
        return [ParticipantRole.ACTOR, *self.random.choices(list(ParticipantRole), [2, 5, 1, 2, 0], k=count - 1)]

    def _reference(self) -> str:
        share = self.random.random()
        if share < 0.5 or not self.events:
            return f"actor/{self.random.choice(self._cast).id}"
        if share < 0.92 or not self._recent:
            return f"event/{self.random.choice(self.events)[0]}"
        return f"event/{self.random.choice(self._recent)}"
