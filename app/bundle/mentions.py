"""Mentions of actors in a text. Of names that begin at the same place, the longest counts."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.bundle.anchoring import DocumentText, QuoteNotFound
from app.bundle.matching import Offsets, fold
from app.model.evidence import MentionException
from app.model.vocabularies import PassageType


@dataclass(frozen=True)
class FoundMention:
    """A mention: the actor (by id), the passage, and the offsets."""

    actor: str
    passage: int
    start: int
    end: int


@dataclass
class Mentions:
    """The mentions in a text, problems of ambiguous names, and problems of exceptions by their index."""

    found: list[FoundMention] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    faulty: dict[int, str] = field(default_factory=dict)
    idle: list[int] = field(default_factory=list)
    """The indexes of exceptions without which the words would mean the same."""
    places: list[Offsets] = field(default_factory=list)
    """The places that names and exceptions cover, in order and without overlaps."""

    def covers(self, offsets: Offsets) -> bool:
        """True if a name or an exception covers a place or a part of it."""
        return _overlaps(offsets, self.places)


def find_mentions(
    text: DocumentText, names: Mapping[str, Sequence[str]], exceptions: Sequence[MentionException]
) -> Mentions:
    """Find the mentions in a text.

    `names` has the actors that each name or alias can mean. Names match whole words, case included, outside
    boilerplate. An exception for one place overrides one for a passage, and that overrides one for the whole text.
    Exceptions that differ only in the actor hold together: the words then mention all of their actors.
    """
    meant, faulty = _exceptions(text, exceptions)
    owners: dict[str, set[str]] = defaultdict(set)
    for name, named in names.items():
        owners[fold(name)].update(named)
    mentions, ambiguous, used = Mentions(faulty=faulty), defaultdict(list), set[int]()
    mentions.places = _chosen(text, owners, meant, exceptions)
    for start, end in mentions.places:
        passage = text.around((start, end))
        assert passage, "places lie in passages"  # noqa: S101
        actors: Collection[str | None]
        if (start, end) in meant:
            chosen = {exceptions[index].actor: index for index in meant[start, end]}
            if len(chosen) > 1:
                chosen.pop(None, None)  # contradicts the others, and is reported as unused
            actors = chosen.keys()
            used.update(chosen.values())
        else:
            name = text.text[start:end]
            actors = owners[fold(name)]
            if len(actors) > 1:
                ambiguous[name].append(passage.number)
                continue
        mentions.found += [FoundMention(actor, passage.number, start, end) for actor in sorted(filter(None, actors))]
    for index, exception in enumerate(exceptions):
        if index not in used and index not in faulty:
            faulty[index] = (
                f"the exception applies nowhere: every {exception.text!r} is in boilerplate, "
                "or has an exception of its own"
            )
    spots = _without_overlaps({place for name in owners for place in text.whole(name)}) if exceptions else []
    names_at = {(start, end): owners[fold(text.text[start:end])] for start, end in spots}
    rivals, decisive = Counter(fold(exception.text) for exception in exceptions), set[int]()
    for place in mentions.places:
        for index in meant.get(place, ()):
            actor = exceptions[index].actor
            if names_at.get(place) != {actor} if actor else _overlaps(place, spots):
                decisive.add(index)
    mentions.idle = [index for index in sorted(used - decisive) if rivals[fold(exceptions[index].text)] == 1]
    mentions.ambiguous = [
        f"{name!r} can mean {' or '.join(sorted(owners[fold(name)]))} (in passages {', '.join(map(str, passages))}); "
        "choose one under `mentions`"
        for name, passages in ambiguous.items()
    ]
    return mentions


def _chosen(
    text: DocumentText,
    names: Iterable[str],
    meant: Mapping[Offsets, Sequence[int]],
    exceptions: Sequence[MentionException],
) -> list[Offsets]:
    """The places of names and exceptions in order, without overlaps.

    An exception for one occurrence applies before names, also inside a longer word or name. Another applies to whole
    words outside longer names; if there are none, it applies inside them too.
    """
    whole = {offsets for offsets in meant if text.is_whole(offsets)}
    common = {*whole, *(offsets for name in names for offsets in text.whole(name))}
    precise = {offsets for offsets, indexes in meant.items() if exceptions[indexes[0]].occurrence is not None}
    places = _without_overlaps(precise, common)
    used = {index for offsets in places for index in meant.get(offsets, ())}
    unused: dict[int, list[Offsets]] = defaultdict(list)
    for offsets, indexes in meant.items():
        for index in {*indexes} - used:
            unused[index].append(offsets)
    if not unused:
        return places
    inside = {offsets for found in unused.values() for offsets in (whole.intersection(found) or found)}
    return _without_overlaps(precise, inside, common)


def _without_overlaps(*ranks: Iterable[Offsets]) -> list[Offsets]:
    """Places in order. The first rank comes first, and within a rank the earliest place, the longest of these."""
    chosen: list[Offsets] = []
    for rank in ranks:
        at, more = 0, []
        for start, end in sorted(rank, key=lambda place: (place[0], -place[1])):
            if start >= at and not _overlaps((start, end), chosen):
                more.append((start, end))
                at = end
        chosen = sorted(chosen + more)
    return chosen


def _overlaps(offsets: Offsets, places: Sequence[Offsets]) -> bool:
    """True if a range overlaps one of some ranges, which are in order and do not overlap each other."""
    before = bisect_left(places, (offsets[1], 0))
    return before > 0 and places[before - 1][1] > offsets[0]


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
        for passage, offsets in places:
            if passage.type == PassageType.BOILERPLATE:
                continue
            others = meant.get(offsets, [])
            meant[offsets] = [*(other for other in others if _scope(exceptions[other]) == _scope(exception)), index]
    return meant, faulty


def _scope(exception: MentionException) -> tuple[bool, bool]:
    """The scope of an exception; the whole text is the least."""
    return exception.occurrence is not None, exception.passage is not None
