"""Direct speech and hedged sentences in an English text."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from app.draft.names import Name, Offsets
from app.model.vocabularies import AssessmentType, Likelihood

_SAYING = (
    r"(?:said|says|saying|told|tells|wrote|writes|writing|written|replied|replies|denied|denies|(?:stat|warn|argu|declar"
    r"|announc|add|not|claim|call|proclaim|insist|stress|explain|ask|vow|pledg|urg|demand|describ|conclud|acknowledg"
    r"|comment|remark|promis|advocat|highlight|report|criticis|condemn)(?:e?[ds]|ing))"
)
_QUOTED = re.compile('“([^“”]+)”|"([^"]+)"|«([^«»]+)»|„([^„“”]+)[“”]')
_LEAD = re.compile(
    r"(?:(?:In|On|At|During|Since|After|By|For|A few|Recently|Later|Yesterday|Today|Meanwhile|However|Moreover|Last"
    r"|This|Earlier|Then)\b[^,“]*|\d{4}|about [^,“]*),\s"
)
_ACCORDING = re.compile(r"\b(?:[Aa]ccording to|[Ii]n the words of)\s(?P<who>[^“]*?)(?:,\s[^“]*)?$")
_AFTER = re.compile(
    rf"\s*,?\s*(?:(?P<verb>{_SAYING})\s(?P<last>[^.;“]*)|(?P<first>(?!(?:while|but|and|as|when|although)\b)[^.;,“]*?(?:,[^.;,“]*,)?)\s?\b{_SAYING}\b)"
)
_PRONOUN = re.compile(
    r"(?:he|she|it|they|the (?:paper|newspaper|ministry|minister|president|statement))\b", re.IGNORECASE
)
_UNNAMED = re.compile(
    r"(?:(?:A|An|One|The|Another|Some|Many|Several|His|Her|Its|Their)\s|[A-Z][\w ]*[’'](?:s\s)?)[a-zA-Z’' -]*",
    re.IGNORECASE,
)
_UNNAMED_END = re.compile(
    rf"[,;(]|\s(?:who|which|that|has|have|had|also|later|once|then|is|was|in|with|on|at|from|after|before|to|{_SAYING})\b"
)
_MIN_WORDS = 4
"""Fewer quoted words are a term, not a statement."""

_HEDGES = {
    Likelihood.UNLIKELY: r"unlikely|hardly|may not|might not|improbable|doubtful",
    Likelihood.POSSIBLE: r"may|might|could|perhaps|possibly|(?<!as )possible|conceivably|maybe",
    Likelihood.LIKELY: r"likely|probably|probable|would|appears? to|seems? to|suggests?|expected to"
    r"|presumably|apparently",
    Likelihood.CERTAIN: r"certainly|undoubtedly|surely|inevitably|will no longer",
}
_HEDGE = re.compile("|".join(f"(?P<{level}>\\b(?:{words})\\b)" for level, words in _HEDGES.items()), re.IGNORECASE)
_REPORTED = re.compile(rf"\b{_SAYING}\b[^.]*?\bthat\b|\bcalled on\b")


@dataclass(frozen=True)
class Speech:
    """Words between quotation marks: their offsets without the marks, and the speaker's, a name or other words."""

    start: int
    end: int
    speaker: Name | str | None


@dataclass(frozen=True)
class Hedge:
    """A hedged sentence: the words that hedge, their level, and the type of assessment."""

    text: str | None
    level: Likelihood
    type: AssessmentType


class Speakers:
    """Finds direct speech, passage by passage, and the actor who speaks."""

    def __init__(self, names: Sequence[Name]) -> None:
        self._places = sorted(
            ((start, end, name) for name in names for start, end in name.places), key=lambda place: place[:2]
        )
        self._last: dict[bool, Name | str | None] = {}
        """The last speaker, and the last that is an outlet."""

    def speeches(self, text: str, at: int, sentences: Sequence[Offsets]) -> Iterator[Speech]:
        """The direct speech in a passage that begins at an offset. Offsets are those of the whole text."""
        spoken = 0
        for found in _QUOTED.finditer(text):
            start, end = found.span(found.lastindex or 0)
            before_end = max((e for _, e in sentences if e <= at + found.start()), default=at)
            sentence = max((s for s, _ in sentences if s <= at + found.start()), default=at) - at
            sentence = max(sentence, spoken if spoken and before_end < at + spoken else 0)
            before, after = text[sentence : found.start()], text[found.end() :]
            after = after[: re.search(r"[.!?](?:\s|$)|$", after).start()]  # type: ignore[union-attr]
            if len(found[0].split()) < _MIN_WORDS:
                continue
            speaker = self._after(after, at + found.end(), ended=text[end - 1] in ".!?…") or self._before(
                before, at + sentence
            )
            if speaker is None and not before.strip():
                speaker = self._last.get(False)
            if speaker is not None:
                self._last[False] = speaker
                self._last[isinstance(speaker, Name) and speaker.type == "outlet"] = speaker
            spoken = found.end()
            yield Speech(at + start, at + end, speaker)

    def _after(self, words: str, at: int, *, ended: bool) -> Name | str | None:
        """The speaker in the words after a quotation, such as “, said the minister”."""
        found = _AFTER.match(words) if not ended or words.lstrip()[:1].islower() else None
        if not found:
            return None
        group = "last" if found["verb"] else "first"
        return self._actor(found[group], at + found.start(group))

    def _before(self, words: str, at: int) -> Name | str | None:
        """The speaker in the words of the sentence before a quotation."""
        if found := _ACCORDING.search(words):
            return self._actor(found["who"], at + found.start("who"))
        start = 0
        while lead := _LEAD.match(words, start):
            start = lead.end()
        verb = re.compile(rf"\b{_SAYING}\b").search(words, start)
        return self._actor(words[start : verb.start()], at + start) if verb else None

    def _actor(self, words: str, at: int) -> Name | str | None:
        """The actor that a noun phrase means."""
        words, at = words.rstrip(), at + len(words) - len(words.lstrip())
        words = words.lstrip()
        if pronoun := _PRONOUN.match(words):
            outlet = "paper" in pronoun[0].lower()
            if self._last.get(outlet):
                return self._last[outlet]
            if pronoun[0].lower() in ("he", "she"):
                before = self._places[: bisect_left(self._places, at, key=itemgetter(0))]
                return next((name for *_, name in reversed(before) if name.type == "person"), None)
        begins, ends = (bisect_left(self._places, offset, key=itemgetter(0)) for offset in (at, at + len(words)))
        named = [place for place in self._places[begins:ends] if place[1] <= at + len(words)]
        for start, _, name in named:
            if name.type != "state" and not re.search(r"\b(?:from|of|to|in) (?:the )?$", words[: start - at]):
                return name
        if named and named[0][0] == at and not re.match(r"[’'\s]*[’']s?\b|\s[a-z]", words[named[0][1] - at :]):
            return named[0][2]
        if (found := _UNNAMED.match(words)) and not _PRONOUN.fullmatch(found[0].strip()):
            phrase = found[0]
            cut = _UNNAMED_END.search(phrase, 4)
            return phrase[: cut.start()].strip(" ,’'") if cut else phrase.strip(" ,’'")
        return named[0][2] if named else None


def hedge(sentence: str) -> Hedge | None:
    """The hedge of a sentence in which quotations are blank; None if the author judges nothing or nothing is open."""
    found = _HEDGE.search(sentence)
    question = sentence.rstrip().endswith("?")
    if not question and (not found or _REPORTED.search(sentence[: found.start()]) or found[0] == "May"):
        return None
    level = Likelihood(found.lastgroup) if found and found.lastgroup else Likelihood.UNSTATED
    kind = AssessmentType.QUESTION if question else AssessmentType.FORECAST
    return Hedge(found[0] if found else None, level, kind)
