"""Random English from a few thousand words, whose frequencies follow Zipf's law."""

from pathlib import Path
from random import Random

_WORDS = Path(__file__).with_name("words.txt")
_DRAWS = 1 << 14
"""Number of words drawn in advance per class, which makes each later draw a lookup."""


class Language:
    """Draws words, phrases and clauses from `random`."""

    def __init__(self, random: Random) -> None:
        self._random = random
        classes = _classes()
        nouns, verbs, adjectives = classes["nouns"], classes["verbs"], classes["adjectives"]
        self._nouns = self._draws(nouns)
        self._plurals = self._draws([_plural(noun) for noun in nouns])
        self._verbs = self._draws(verbs)
        self._past = self._draws([_past(verb) for verb in verbs])
        self._gerunds = self._draws([_gerund(verb) for verb in verbs])
        self._adjectives = self._draws(adjectives)
        self._adverbs = self._draws([*classes["adverbs"], *map(_adverb, adjectives)])

    def noun(self) -> str:
        """A singular noun."""
        return self._pick(self._nouns)

    def plural(self) -> str:
        """A plural noun."""
        return self._pick(self._plurals)

    def verb(self) -> str:
        """A verb in its base form."""
        return self._pick(self._verbs)

    def past(self) -> str:
        """A verb in the past tense."""
        return self._pick(self._past)

    def gerund(self) -> str:
        """A gerund."""
        return self._pick(self._gerunds)

    def adjective(self) -> str:
        """An adjective."""
        return self._pick(self._adjectives)

    def adverb(self) -> str:
        """An adverb."""
        return self._pick(self._adverbs)

    def thing(self) -> str:
        """A noun phrase, such as `the joint exercise` or `new tariffs on grain`."""
        shape = self._random.random()
        if shape < 0.3:
            return f"the {self.adjective()} {self.noun()}"
        if shape < 0.55:
            return f"{self.adjective()} {self.plural()}"
        if shape < 0.75:
            return f"the {self.noun()} of the {self.adjective()} {self.noun()}"
        if shape < 0.9:
            return f"{self.adjective()} {self.plural()} on {self.noun()}"
        return f"the {self.gerund()} of {self.plural()}"

    def deed(self) -> str:
        """A predicate without its subject, such as `quietly extended the old quota`."""
        adverb = f"{self.adverb()} " if self._random.random() < 0.3 else ""
        return f"{adverb}{self.past()} {self.thing()}"

    def circumstance(self) -> str:
        """An adverbial phrase or clause of reason, aim or contrast."""
        shape = self._random.random()
        if shape < 0.35:
            return f"because of {self.thing()}"
        if shape < 0.65:
            return f"in order to {self.verb()} {self.thing()}"
        if shape < 0.85:
            return f"while {self.thing()} remained {self.adjective()}"
        return f"without {self.gerund()} {self.thing()}"

    def _draws(self, words: list[str]) -> list[str]:
        weights = [1 / (rank + 2.7) for rank in range(1, len(words) + 1)]
        return self._random.choices(words, weights, k=_DRAWS)

    def _pick(self, draws: list[str]) -> str:
        return draws[int(self._random.random() * _DRAWS)]


def _classes() -> dict[str, list[str]]:
    """Read the distinct words of each class, most frequent first."""
    classes: dict[str, list[str]] = {}
    for section in _WORDS.read_text("utf-8").split("[")[1:]:
        name, _, words = section.partition("]")
        classes[name] = list(dict.fromkeys(words.split()))
    return classes


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if _consonant_and_y(noun) else f"{noun}s"


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    return f"{verb[:-1]}ied" if _consonant_and_y(verb) else f"{verb}ed"


def _gerund(verb: str) -> str:
    return f"{verb[:-1]}ing" if verb.endswith("e") else f"{verb}ing"


def _adverb(adjective: str) -> str:
    if adjective.endswith("ly"):
        return adjective
    if adjective.endswith("le"):
        return f"{adjective[:-1]}y"
    if adjective.endswith("ic"):
        return f"{adjective}ally"
    return f"{adjective[:-1]}ily" if _consonant_and_y(adjective) else f"{adjective}ly"


def _consonant_and_y(word: str) -> bool:
    return word[-1] == "y" and word[-2] not in "aeiou"
