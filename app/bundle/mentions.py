"""Mentions: where a text speaks of its actors, by name or alias, the longest first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.bundle.text import DocumentText, Offsets, QuoteNotFound, TextPassage
from app.model.evidence import MentionException
from app.model.vocabularies import PassageType


@dataclass(frozen=True)
class FoundMention:
    """A mention: the actor (by id), the passage, and where."""

    actor: str
    passage: int
    start: int
    end: int


def find_mentions(
    text: DocumentText, names: Mapping[str, Sequence[str]], exceptions: Sequence[MentionException]
) -> tuple[list[FoundMention], list[str], dict[int, str]]:
    """The mentions in a text, names that stay ambiguous (as problems), and problems of exceptions by their index.

    `names` gives the actors that each name or alias can mean. Words match whole words, case included; page
    furniture mentions nobody. An exception for one place beats one for a passage, and that one for the whole text.
    """
    meant, faulty = _exceptions(text, exceptions)
    owners = {name: set(actors) for name, actors in names.items()}
    mentions, ambiguous, used = [], defaultdict(list), set()
    for passage, (start, end) in _stretches(text, owners, meant):
        actor: str | None
        if (start, end) in meant:
            index, actor = meant[start, end]
            used.add(index)
        else:
            name = text.text[start:end]
            actor, *others = sorted(owners[name])
            if others:
                ambiguous[name].append(passage.number)
                continue
        if actor is not None:
            mentions.append(FoundMention(actor, passage.number, start, end))
    for index, exception in enumerate(exceptions):
        if index not in used and index not in faulty:
            faulty[index] = (
                f"{exception.text!r} is nowhere read by this exception: each place is part of a longer word or "
                "name, is page furniture, or has an exception of its own"
            )
    problems = [
        f"{name!r} can mean {' or '.join(sorted(owners[name]))} (in passages {', '.join(map(str, places))}); "
        "say under `mentions` which"
        for name, places in ambiguous.items()
    ]
    return mentions, problems, faulty


def _stretches(
    text: DocumentText, names: Iterable[str], exceptional: Collection[Offsets]
) -> Iterator[tuple[TextPassage, Offsets]]:
    """Where names stand in a text, or words that have an exception there: the longest that begins first, and on."""
    places = [place for name in names for place in text.whole(name)]
    places += [
        (passage, stretch)
        for stretch in exceptional
        if text.is_whole(stretch) and (passage := text.around(stretch)) and passage.type != PassageType.BOILERPLATE
    ]
    at = 0
    for passage, (start, end) in sorted(places, key=lambda place: (place[1][0], -place[1][1])):
        if start >= at:
            yield passage, (start, end)
            at = end


def _exceptions(
    text: DocumentText, exceptions: Sequence[MentionException]
) -> tuple[dict[Offsets, tuple[int, str | None]], dict[int, str]]:
    """What each place that an exception covers means there, and the exceptions that cover none."""
    meant: dict[Offsets, tuple[int, str | None]] = {}
    faulty: dict[int, str] = {}
    general_first = sorted(
        range(len(exceptions)),
        key=lambda i: (exceptions[i].occurrence is not None, exceptions[i].passage is not None),
    )
    for index in general_first:
        exception = exceptions[index]
        try:
            places = text.occurrences(exception.text, exception)
            if exception.occurrence is not None or not places:
                places = [text.anchor(exception.text, exception)]
        except QuoteNotFound as error:
            faulty[index] = str(error)
            continue
        for _, stretch in places:
            meant[stretch] = (index, exception.actor)
    return meant, faulty
