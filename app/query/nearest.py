"""The records that a misspelt id or name most likely means, found by index."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import nlargest
from statistics import fmean
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import String, bindparam, select

from app.model.completion import name_of, sound_entry
from app.model.kinds import ref
from app.model.shape import KindName
from app.model.sounds import consonants, has_other_vowels, misheard, romanised, sound
from app.model.tables import COMPLETION, RECORD
from app.model.tokens import words
from app.query.prepared import Prepared
from app.query.snapshot import Snapshot

_NEIGHBOURS = 10
"""The number of entries of an index that are read on either side of a text."""
_LENGTH, _WORDS = 80, 5
"""The length of the text that is looked up, and the number of its words from each of which on it is looked up too."""
_COMPARED = 40
"""The number of records that are compared in full."""
_MIN_SIMILARITY = 0.65
_OF_CONSONANTS, _OF_CONSONANTS_ALONE = 0.2, 0.5
"""The weight of consonants in comparisons of names, and where the script has no vowels, or adds some."""
_SIMILAR = DamerauLevenshtein.normalized_similarity


def _neighbours(column: Any, *more: Any) -> list[Prepared]:
    """The queries for the records before and after `text` in the order of an index."""
    text = bindparam("text", type_=String)
    source = RECORD if column.table is RECORD else column.table.join(RECORD, RECORD.c.id == column.table.c.record_id)
    query = select(RECORD.c.slug, RECORD.c.name, RECORD.c.mention_count, column).select_from(source).where(*more)
    sides = (query.where(column >= text).order_by(column), query.where(column < text).order_by(column.desc()))
    return [Prepared(side.limit(_NEIGHBOURS)) for side in sides]


_OF_KIND = RECORD.c.kind == bindparam("kind", type_=RECORD.c.kind.type)
_BY_ID, _BY_NAME = _neighbours(RECORD.c.slug, _OF_KIND), _neighbours(RECORD.c.sort_name, _OF_KIND)
_BY_WORD = _neighbours(COMPLETION.c.start)


def nearest(snapshot: Snapshot, kinds: Iterable[KindName], text: str, most: int = 1) -> list[dict[str, Any]]:
    """Refs of the records of some kinds whose ids, names or aliases are most similar to a text.

    A few index entries around the text and around each of its words are compared, however many records there are. Of
    equally similar records, those with the most mentions come first, then those with the shortest names.
    """
    typed = words(romanised(text[:_LENGTH]))
    weight = _OF_CONSONANTS_ALONE if has_other_vowels(text) else _OF_CONSONANTS
    compared = [
        (_similarity(typed, (slug, name), found, weight), mentions, -len(name), ref(kind, slug, name))
        for kind in kinds
        for (slug, name, mentions), found in _closest(snapshot, kind, typed)
    ]
    similar = nlargest(most, (each for each in compared if each[0] >= (_MIN_SIMILARITY,)), key=lambda each: each[:3])
    return [record for *_, record in similar]


def _closest(snapshot: Snapshot, kind: KindName, typed: Sequence[str]) -> list[tuple[tuple[str, str, int], set[str]]]:
    """The records with entries beside the typed words, and these entries: those that sound most alike."""
    sounds = [sound(" ".join(typed[at:])) for at in range(len(typed))]

    def likeness(found: tuple[Any, set[str]]) -> float:
        return max((_SIMILAR(one, sound(entry)) for entry in found[1] for one in sounds), default=0.0)

    return nlargest(_COMPARED, _beside(snapshot, kind, typed).items(), key=likeness)


def _beside(snapshot: Snapshot, kind: KindName, typed: Sequence[str]) -> dict[tuple[str, str, int], set[str]]:
    """The records of a kind with entries beside the typed words in an index, each with these entries."""
    starts = [" ".join(typed[at:]) for at in range(min(len(typed), _WORDS))]
    lookups = [(query, start.replace(" ", "-")) for query in _BY_ID for start in starts[:1]]
    lookups += [(query, start) for query in _BY_NAME for start in starts[:1]]
    if kind == KindName.ACTOR:
        lookups += [
            (query, entry)
            for query in _BY_WORD
            for start in starts
            for entry in (start, *map(sound_entry, misheard(start)))
        ]
    records = defaultdict[tuple[str, str, int], set[str]](set)
    for query, start in lookups:
        for slug, name, mentions, entry in snapshot.rows(query, {"text": start, "kind": kind}):
            if named := name_of(entry):
                records[slug, name, mentions].add(named)
    return records


def _similarity(
    typed: Sequence[str], names: Iterable[str], entries: Iterable[str], weight: float
) -> tuple[float, float]:
    """The similarity of typed words to a record, from 0 to 1: to its names or entries, and to its names alone."""
    of_names = max(_similar(typed, words(romanised(name)), weight) for name in names)
    whole = max(_alike(" ".join(typed), " ".join(words(romanised(entry))), weight) for entry in entries)
    return max(of_names, whole), of_names


def _similar(typed: Sequence[str], name: Sequence[str], weight: float) -> float:
    fewer, more = sorted((typed, name), key=len)
    if not fewer:
        return 0.0
    by_words = fmean(max(_alike(word, other, weight) for other in more) for word in fewer)
    return max(_alike(" ".join(typed), " ".join(name), weight), by_words * (0.7 + 0.2 * len(fewer) / len(more)))


@lru_cache(maxsize=10_000)
def _alike(one: str, other: str, weight: float) -> float:
    """The similarity of two names by their letters and their sound, and with this weight by their consonants."""
    letters, heard = _SIMILAR(one, other), _SIMILAR(sound(one), sound(other))
    return (1 - weight) / 2 * (letters + heard) + weight * _SIMILAR(consonants(one), consonants(other))
