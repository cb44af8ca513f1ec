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
    """
    meant, faulty = _exceptions(text, exceptions)
    owners = {name: set(actors) for name, actors in names.items()}
    mentions, ambiguous, used = [], defaultdict(list), set()
    for passage, (start, end) in _places(text, owners, meant):
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
) -> tuple[dict[Offsets, tuple[int, str | None]], dict[int, str]]:
    """The exceptions by place, as index and actor; and the problems of exceptions without a place, by index."""
    meant: dict[Offsets, tuple[int, str | None]] = {}
    faulty: dict[int, str] = {}
    general_first = sorted(
        range(len(exceptions)), key=lambda i: (exceptions[i].occurrence is not None, exceptions[i].passage is not None)
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
        for _, offsets in places:
            meant[offsets] = (index, exception.actor)
    return meant, faulty
