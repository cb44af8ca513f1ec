"""Mentions of actors in a text. Of names that begin at the same place, the longest counts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.bundle.anchoring import DocumentText, Offsets, QuoteNotFound, TextPassage
from app.model.evidence import MentionException


@dataclass(frozen=True)
class FoundMention:
    """A mention: the actor (by id), the passage, and the offsets."""

    actor: str
    passage: int
    start: int
    end: int


def find_mentions(
    text: DocumentText, names: Mapping[str, Sequence[str]], exceptions: Sequence[MentionException]
) -> tuple[list[FoundMention], list[str], dict[int, str]]:
    """The mentions in a text, problems of ambiguous names, and problems of exceptions by their index.

    `names` has the actors that each name or alias can mean. Names match whole words, case included, outside
    boilerplate. An exception for one place overrides one for a passage, and that overrides one for the whole text.
    Exceptions that differ only in the actor hold together: the words then mention all of their actors.
    """
    meant, faulty = _exceptions(text, exceptions)
    owners = {name: set(actors) for name, actors in names.items()}
    mentions, ambiguous, used = [], defaultdict(list), set[int]()
    for passage, (start, end) in _places(text, owners, meant):
        actors: Collection[str | None]
        if (start, end) in meant:
            chosen = {exceptions[index].actor: index for index in meant[start, end]}
            if len(chosen) > 1:
                chosen.pop(None, None)  # contradicts the others, and is reported as unused
            actors = chosen.keys()
            used.update(chosen.values())
        else:
            name = text.text[start:end]
            actors = owners[name]
            if len(actors) > 1:
                ambiguous[name].append(passage.number)
                continue
        mentions += [FoundMention(actor, passage.number, start, end) for actor in sorted(filter(None, actors))]
    for index, exception in enumerate(exceptions):
        if index not in used and index not in faulty:
            faulty[index] = (
                f"the exception applies nowhere: every {exception.text!r} is part of a longer word or name, "
                "is in boilerplate, or has an exception of its own"
            )
    problems = [
        f"{name!r} can mean {' or '.join(sorted(owners[name]))} (in passages {', '.join(map(str, places))}); "
        "choose one under `mentions`"
        for name, places in ambiguous.items()
    ]
    return mentions, problems, faulty


def _places(
    text: DocumentText, names: Iterable[str], exceptional: Collection[Offsets]
) -> Iterator[tuple[TextPassage, Offsets]]:
    """The places of names and exceptions in order, without overlaps: the earliest, and the longest of these."""
    places = [place for name in names for place in text.whole(name)]
    places += [(passage, offsets) for offsets in exceptional if (passage := text.whole_at(offsets))]
    at = 0
    for passage, (start, end) in sorted(places, key=lambda place: (place[1][0], -place[1][1])):
        if start >= at:
            yield passage, (start, end)
            at = end


def _exceptions(
    text: DocumentText, exceptions: Sequence[MentionException]
) -> tuple[dict[Offsets, list[int]], dict[int, str]]:
    """By place, the indexes of the exceptions for it; by index, problems of exceptions without a place."""
    meant: dict[Offsets, list[int]] = {}
    faulty: dict[int, str] = {}
    for index in sorted(range(len(exceptions)), key=lambda index: _scope(exceptions[index])):
        exception = exceptions[index]
        try:
            places = text.occurrences(exception.text, exception)
            if exception.occurrence is not None or not places:
                places = [text.anchor(exception.text, exception)]
        except QuoteNotFound as error:
            faulty[index] = str(error)
            continue
        for _, offsets in places:
            others = meant.get(offsets, [])
            meant[offsets] = [*(other for other in others if _scope(exceptions[other]) == _scope(exception)), index]
    return meant, faulty


def _scope(exception: MentionException) -> tuple[bool, bool]:
    """The scope of an exception; the whole text is the least."""
    return exception.occurrence is not None, exception.passage is not None
