"""Mentions: where a text speaks of its actors, by name or alias, the longest first."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.bundle.text import DocumentText, NotFound, Stretch
from app.model.evidence import MentionException
from app.model.vocabularies import PassageType


@dataclass(frozen=True)
class Found:
    """A mention: the actor (by id), the passage, and where."""

    actor: str
    passage: int
    start: int
    end: int


class Ambiguous(ValueError):
    """A name that two actors share, at a place where no exception says which is meant."""


def find_mentions(
    text: DocumentText, names: Mapping[str, Sequence[str]], exceptions: Sequence[MentionException]
) -> tuple[list[Found], list[str], dict[int, str]]:
    """The mentions in a text, names that stay ambiguous (as problems), and problems of exceptions by their index.

    `names` gives the actors that each name or alias can mean. Words match whole words, case included; page
    furniture mentions nobody. An exception for one place beats one for a passage, and that one for the whole text.
    """
    meant, faulty = _exceptions(text, exceptions)
    owners: dict[str, set[str]] = {name: set(actors) for name, actors in names.items()}
    words = sorted({*owners, *(e.text for e in exceptions)}, key=len, reverse=True)
    if not words:
        return [], [], faulty
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
    mentions, ambiguous, used = [], defaultdict(list), set()
    for passage in text.passages.values():
        if passage.type == PassageType.BOILERPLATE:
            continue
        for match in pattern.finditer(text.text, passage.start, passage.end):
            if match.span() in meant:
                index, actor = meant[match.span()]
                used.add(index)
            else:
                candidates = owners.get(match.group(), set())
                if len(candidates) > 1:
                    ambiguous[match.group()].append(passage.number)
                actor = next(iter(candidates)) if len(candidates) == 1 else None
            if actor is not None:
                mentions.append(Found(actor, passage.number, *match.span()))
    for index in range(len(exceptions)):
        if index not in used and index not in faulty and index in {i for i, _ in meant.values()}:
            faulty[index] = f"{exceptions[index].text!r} is part of a longer name there, so this exception says nothing"
    problems = [
        f"{name!r} can mean {' or '.join(sorted(owners[name]))} (in passages {', '.join(map(str, places))}); "
        "say under `mentions` which"
        for name, places in ambiguous.items()
    ]
    return mentions, problems, faulty


def _exceptions(
    text: DocumentText, exceptions: Sequence[MentionException]
) -> tuple[dict[Stretch, tuple[int, str | None]], dict[int, str]]:
    """What each place that an exception covers means there, and the exceptions that cover none."""
    meant: dict[Stretch, tuple[int, str | None]] = {}
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
        except NotFound as error:
            faulty[index] = str(error)
            continue
        for _, stretch in places:
            meant[stretch] = (index, exception.actor)
    return meant, faulty
