"""Exceptions found anew: what an editor would have to write for a text to have the mentions that it has."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from app.bundle.mentions import FoundMention, find_mentions
from app.bundle.text import DocumentText, Offsets, TextPassage, whole_words
from app.model.evidence import MentionException, Place
from app.model.vocabularies import PassageType

Meant = dict[Offsets, str | None]
"""What places mean against the rule of the longest name: an actor by id, or None for nobody."""


def find_exceptions(
    text: DocumentText, names: Mapping[str, Sequence[str]], mentions: Sequence[FoundMention]
) -> list[MentionException]:
    """The exceptions with which `find_mentions` finds these mentions and no others, as general as they can be.

    `mentions` must be some that names and exceptions can give; otherwise those found are only near to them.
    """
    meant = _meant(text, names, mentions)
    words: dict[str, Meant] = defaultdict(dict)
    for (start, end), actor in meant.items():
        words[text.text[start:end]][start, end] = actor
    taken = sorted({(found.start, found.end) for found in mentions} | meant.keys())
    exceptions: list[MentionException] = []
    for said, places in words.items():
        exceptions += _Words(text, said, places, taken, mentions).exceptions()
    if find_mentions(text, names, exceptions) == (sorted(mentions, key=lambda found: found.start), [], {}):
        return exceptions
    return [_exception(text, place, actor) for place, actor in meant.items()]


def _meant(text: DocumentText, names: Mapping[str, Sequence[str]], mentions: Sequence[FoundMention]) -> Meant:
    pattern = whole_words(names)
    told = sorted(mentions, key=lambda found: found.start)
    return {
        place: actor
        for passage in text.passages.values()
        if passage.type != PassageType.BOILERPLATE
        for place, actor in _differences(text.text, passage, pattern, names, told)
    }


def _differences(
    text: str,
    passage: TextPassage,
    pattern: re.Pattern[str],
    names: Mapping[str, Sequence[str]],
    told: Sequence[FoundMention],
) -> list[tuple[Offsets, str | None]]:
    """Read a passage as `find_mentions` does: each place where what it would find is not what is told."""
    left = [found for found in told if found.passage == passage.number]
    differences: list[tuple[Offsets, str | None]] = []
    at, nobody = passage.start, 0  # nobody: where in `differences` those after the last mention begin
    while True:
        name = pattern.search(text, at, passage.end)
        mention = left[0] if left else None
        if mention and (not name or (mention.start, -mention.end) <= (name.start(), -name.end())):
            left.pop(0)
            place = (mention.start, mention.end)
            if not (name and name.span() == place and set(names[name[0]]) == {mention.actor}):
                differences.append((place, mention.actor))
            nobody = len(differences)
        elif name:
            place = name.span()
            if mention and mention.start < name.end():
                # The name runs into a mention: longer words, which begin before it, must stand for nobody.
                earlier = differences[nobody:]
                start = earlier[0][0][0] if earlier else _start(text, at, name.start())
                place = (start, _end(text, name.start(), mention.start))
                del differences[nobody:]
            differences.append((place, None))
        else:
            return differences
        at = place[1]


def _start(text: str, earliest: int, before: int) -> int:
    """The last place before another where words can begin."""
    places = range(before - 1, earliest - 1, -1)
    return next((at for at in places if not text[at].isspace() and not _in_word(text, at - 1)), before)


def _end(text: str, after: int, latest: int) -> int:
    """The last place up to another where words can end."""
    places = range(latest, after, -1)
    return next((at for at in places if not text[at - 1].isspace() and not _in_word(text, at)), latest)


def _in_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and re.match(r"\w", text[at]) is not None


def _exception(text: DocumentText, place: Offsets, actor: str | None) -> MentionException:
    return MentionException(text=text.text[slice(*place)], actor=actor, **text.place(place).model_dump())


class _Words:
    """Some words that mean different things at some of the places where they stand."""

    def __init__(
        self,
        text: DocumentText,
        words: str,
        places: Meant,
        taken: Sequence[Offsets],
        mentions: Sequence[FoundMention],
    ) -> None:
        self.text = text
        self.words = words
        self.places = places
        self.taken = taken
        self.told = {(found.start, found.end): found.actor for found in mentions}
        whole = whole_words([words])
        self.stand: dict[int, list[Offsets]] = defaultdict(list)
        for passage, place in text.occurrences(words, Place()):
            if passage.type != PassageType.BOILERPLATE and whole.match(text.text, place[0]):
                self.stand[passage.number].append(place)

    def exceptions(self) -> list[MentionException]:
        """One for all places if it will do, or one for most and others for the rest."""
        of_passage = {number: self._of_passage(number) for number in self.stand}
        whole = {number: found[0] for number, found in of_passage.items() if found and found[0].occurrence is None}
        for actor, _ in Counter(found.actor for found in whole.values()).most_common():
            if all(number in whole or self._else(number, actor) for number in self.stand):
                rest = [found for exceptions in of_passage.values() for found in exceptions if found.actor != actor]
                return [MentionException(text=self.words, actor=actor), *rest]
        return [found for exceptions in of_passage.values() for found in exceptions]

    def _of_passage(self, number: int) -> list[MentionException]:
        here = {place: self.places[place] for place in self.stand[number] if place in self.places}
        actors = set(here.values())
        if len(actors) == 1 and self._else(number, actor := actors.pop()):
            return [MentionException(text=self.words, actor=actor, passage=number)]
        return [_exception(self.text, place, actor) for place, actor in here.items()]

    def _else(self, number: int, actor: str | None) -> bool:
        """Whether the words may mean this wherever else they stand in a passage."""
        return all(
            place in self.places or self.told.get(place, "") == actor or self._swallowed(place)
            for place in self.stand[number]
        )

    def _swallowed(self, place: Offsets) -> bool:
        """Whether the words are part of a longer name there, or of one that begins before."""
        start, end = place
        return any(a <= start < b and (a, -b) < (start, -end) for a, b in self.taken)
