"""The draft of an analysis: `analysis.yaml` with passage types, known actors, and candidates as comments."""

import json
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from operator import attrgetter, itemgetter

from app.bundle.anchoring import DocumentText
from app.bundle.matching import fold as fold_words
from app.bundle.mentions import find_mentions
from app.bundle.shorthand import MAX_RANGES
from app.draft.dates import Calendar, FoundDate
from app.draft.names import Name, Names
from app.draft.quantities import FoundQuantity, quantities
from app.draft.speech import Speakers, Speech, hedge
from app.model.evidence import Place
from app.model.folding import fold
from app.model.shape import SLUG_LENGTH
from app.model.vocabularies import PassageType

Known = Mapping[str, Sequence[str]]
"""The ids of the actors that each name or alias can mean."""

_TODO = "TODO"
_QUOTE = 300
_METRICS = {
    "percent": "share",
    "factor": "trade_growth_factor",
    "kilometres": "distance",
    **dict.fromkeys(("hours", "days", "weeks", "months", "years", "decades"), "duration"),
    **dict.fromkeys(("items", "people", "countries", "organisations", "households", "occurrences"), "count"),
}
"""By unit, the metric that is the most probable. That of money and weights is left open."""
_DRAFTED = "# drafted: "
_MARKS = re.compile(r"[^\w]*(?:[a-z0-9]{1,3}[.)]\s)?")
_TOPS = (PassageType.HEADING, PassageType.DATELINE)

_Candidate = tuple[str, str, tuple[int, int], list[str]]
"""A record: the kind in the plural, the id, the offsets of the words that it records, and its fields."""


class Draft:
    """What rules recognise in a text. Sentences whose digest is in `drafted` are left out."""

    def __init__(self, text: DocumentText, known: Known, drafted: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.passages = [each for each in text.passages.values() if each.type != PassageType.BOILERPLATE]
        self._sentences = [sentence for each in text.passages.values() for sentence in each.sentences]
        self._plain = re.sub(r"\s", " ", text.text)
        tops = [self._words(each.start, each.end) for each in self.passages if each.type in _TOPS]
        resolved = [(words[d.start : d.end], d.edtf) for words in tops for d in Calendar().dates(words) if d.edtf]
        self.published = max(resolved, key=lambda each: len(each[1] or ""), default=("undated", None))
        calendar = Calendar(self.published[1])
        self.dates = [
            FoundDate(found.start + each.start, found.end + each.start, found.edtf)
            for each in self.passages
            for found in calendar.dates(self._words(each.start, each.end))
        ]
        self._owners = known
        self.known = self._known_places(known)
        known_names = [
            Name(actor, "known", places=[place for places in forms.values() for place in places])
            for actor, forms in self.known.items()
        ]
        self.names = self._names([place for name in known_names for place in name.places])
        self.new = [
            sentence
            for each in self.passages
            for sentence in each.sentences
            if _digest(text.text[slice(*sentence)]) not in drafted
        ]
        self.numbers: list[FoundQuantity] = []
        self.speeches: list[Speech] = []
        speakers = Speakers([*self.names, *known_names])
        undated = self._blank((d.start, d.end) for d in self.dates)
        for each in self.passages:
            blank = re.sub(r"\[[\d, ]+\]|^\W*\d+\.\s", lambda m: " " * len(m[0]), undated[each.start : each.end])
            for q in quantities(blank):
                self.numbers.append(replace(q, start=q.start + each.start, end=q.end + each.start))
            if each.type not in (PassageType.HEADING, PassageType.FOOTNOTE):
                self.speeches += speakers.speeches(self._words(each.start, each.end), each.start, each.sentences)
        self.numbers.sort(key=lambda q: q.start)

    def _words(self, start: int, end: int) -> str:
        return self._plain[start:end]

    def _blank(self, places: Iterable[tuple[int, int]]) -> str:
        """The text with the given places blank."""
        letters = list(self._plain)
        for start, end in places:
            letters[start:end] = " " * (end - start)
        return "".join(letters)

    def _known_places(self, known: Known) -> dict[str, dict[str, list[tuple[int, int]]]]:
        """The forms of known actors in the text, by actor, each with its places."""
        names = {fold_words(name): name for name in known}
        found: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for start, end in find_mentions(self.text, known, ()).places:
            name = names[fold_words(self.text.text[start:end])]
            for actor in known[name]:
                found[actor][name].append((start, end))
        return found

    def _names(self, taken: Sequence[tuple[int, int]]) -> list[Name]:
        """The new names, in the order of the text."""
        passages = []
        blank_text = self._blank([*taken, *((found.start, found.end) for found in self.dates)])
        for each in self.passages:
            blank = blank_text[each.start : each.end]
            starts = [start - each.start for start, _ in each.sentences]
            starts += [found.end() for start in starts if (found := _MARKS.match(blank, start))]
            passages.append((each.start, blank, starts, each.type in _TOPS))
        return sorted(Names(passages).found.values(), key=lambda name: min(name.places))

    def _sentence(self, at: int) -> tuple[int, int]:
        return self._sentences[bisect_right(self._sentences, at, key=itemgetter(1))]

    def evidence(self, start: int, end: int) -> str:
        """The quotes of the sentence around a place, as YAML; of a long sentence, those of a part around it."""
        low, high = self._sentence(start)
        high, quotes = max(high, end), []
        if high - low > _QUOTE:
            low = start if end - low > _QUOTE else low
            high = max(end, low + self.text.text[low : low + _QUOTE].rfind(" "))
        while low < high:
            cut = high if high - low <= _QUOTE else low + self.text.text[low : low + _QUOTE].rfind(" ")
            words = self.text.text[low:cut].strip()
            places = [offsets for _, offsets in self.text.occurrences(words, Place())]
            low += len(self.text.text[low:cut]) - len(self.text.text[low:cut].lstrip())
            nth = f", occurrence: {places.index((low, low + len(words))) + 1}" if len(places) > 1 else ""
            quotes.append(f"{{exact: {_yaml(words)}{nth}}}" if nth else _yaml(words))
            low = max(cut, low + 1)
        return f"[{', '.join(quotes)}]"

    @cached_property
    def records(self) -> list[tuple[str, int, list[str]]]:
        """The candidates in new sentences: the kind in the plural, the offset, and the lines of the record."""
        new, found = {*self.new}, []
        for kind, slug, (start, end), fields in (*self._actors(), *self._others()):
            if self._sentence(start) in new:
                evidence = f"evidence: {self.evidence(start, end)}"
                found.append((kind, start, [f"id: {slug}", *fields, f"summary: {_TODO}", evidence]))
        return found

    def _actors(self) -> Iterator[_Candidate]:
        for name in self.names:
            forms = ", ".join(_yaml(form) for form in name.forms if form != name.name)
            fields = [f"name: {_yaml(name.name)}", f"type: {name.type}"]
            fields += [f"country: {name.country}"] if name.country else []
            fields += [f"aliases: [{forms}]"] if forms else []
            yield "actors", _slug(name.name), min(name.places), fields
        unnamed = {each.speaker: each for each in reversed(self.speeches) if isinstance(each.speaker, str)}
        for speaker, speech in unnamed.items():
            fields = [f"name: {_yaml(speaker)}", f"type: {_TODO}", "named: false"]
            yield "actors", _slug(speaker), (speech.start, speech.end), fields

    def _others(self) -> Iterator[_Candidate]:
        used: set[int] = set()
        for speech in self.speeches:
            speaker, words = speech.speaker, self.text.text[speech.start : speech.end]
            fields = [f"name: {_TODO}", "type: quote"]
            if speaker:
                known = isinstance(speaker, Name) and speaker.type == "known"
                actor = speaker.name if isinstance(speaker, Name) else speaker
                fields.append(f"speakers: [{{actor: {actor if known else _slug(actor)}}}]")
            fields += [f"text: {_yaml(words)}", *self._date("date", speech.start, used)]
            yield "statements", _slug(f"on {words}", 40), (speech.start, speech.end), fields
        for number in self.numbers:
            words, noun = self.text.text[number.start : number.end], f"  # {number.noun}" if number.noun else ""
            bounds = "".join(
                f"{name}: {value:.15g}, "
                for name, value in (("low", number.low), ("high", number.high))
                if value is not None
            )
            fields = [
                f"name: {_TODO}",
                f"metric: {_METRICS.get(number.unit, _TODO)}",
                f"value: {{{bounds}relation: {number.relation}, unit: {number.unit}, text: {_yaml(words)}}}{noun}",
                "modality: actual",
                *self._date("as_of", number.start, used),
            ]
            yield "figures", _slug(words), (number.start, number.end), fields
        for found in self.dates:
            if found.start not in used and self._is_prose(found.start):
                fields = [f"name: {_TODO}", f"type: {_TODO}", "modality: actual", self._date_field("date", found)]
                slug = _slug(self.text.text[found.start : found.end])
                yield "events", slug, (found.start, found.end), fields
        unquoted = self._blank((speech.start, speech.end) for speech in self.speeches)
        for start, end in self.new:
            if self._is_prose(start) and (judged := hedge(unquoted[start:end])):
                text = f"text: {_yaml(judged.text)}, " if judged.text else ""
                likelihood = f"likelihood: {{{text}level: {judged.level}}}"
                cited, slug = self.text.text.find(judged.text or "", start), _slug(self.text.text[start:end], 40)
                fields = [f"name: {_TODO}", f"type: {judged.type}", likelihood]
                yield "assessments", slug, (cited, cited + len(judged.text or "")), fields

    def _is_prose(self, at: int) -> bool:
        passage = self.text.around((at, at + 1))
        return passage is not None and passage.type not in (*_TOPS, PassageType.FOOTNOTE)

    def _date(self, name: str, at: int, used: set[int]) -> list[str]:
        """The nearest date in the sentence around an offset, as a field."""
        first, after = (bisect_left(self.dates, each, key=attrgetter("start")) for each in self._sentence(at))
        if first == after:
            return []
        found = min(self.dates[first:after], key=lambda date: abs(date.start - at))
        used.add(found.start)
        return [self._date_field(name, found)]

    def _date_field(self, name: str, found: FoundDate) -> str:
        edtf = f', edtf: "{found.edtf}"' if found.edtf else ""
        return f"{name}: {{text: {_yaml(self.text.text[found.start : found.end])}{edtf}}}"

    def candidates(self) -> str:
        """The candidates as comments, by kind, each kind in the order of the text."""
        kinds: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
        for kind, at, fields in self.records:
            kinds[kind].append((at, fields))
        lines = []
        for kind, found in kinds.items():
            lines += ["", f"# {kind}:"]
            for _, fields in sorted(found, key=lambda each: each[0]):
                lines += [f"#   {'  ' if number else '- '}{field}" for number, field in enumerate(fields)]
        digests = " ".join(_digest(self.text.text[slice(*sentence)]) for sentence in self.new)
        return "\n".join([*lines, "", f"{_DRAFTED}{digests}", ""]) if self.new else ""

    def additions(self) -> list[str]:
        """The `also` block: the known actors that the text names, with the forms that can mean no other."""
        lines = []
        for actor, forms in sorted(self.known.items()):
            sure = [form for form in forms if len(self._owners[form]) == 1]
            if sure:
                lines += [f"  - record: actor/{actor}", f"    aliases: [{', '.join(map(_yaml, sure))}]"]
        named = {form: self._owners[form] for forms in self.known.values() for form in forms}
        unsure = [f"# {_yaml(form)} can mean {' or '.join(each)}" for form, each in named.items() if len(each) > 1]
        return [*(["also:", *lines] if lines else []), *unsure]

    def _types(self) -> Iterator[str]:
        """The types of the passages that are not paragraphs, those of neighbours as a range."""
        ranges = 0
        for kind, run in groupby(self.text.passages.values(), key=lambda passage: passage.type):
            numbers = [passage.number for passage in run if kind != PassageType.PARAGRAPH]
            if len(numbers) > 1 and ranges < MAX_RANGES:
                ranges += 1
                yield f"{numbers[0]}-{numbers[-1]}: {kind}"
            else:
                yield from (f"{number}: {kind}" for number in numbers)

    def whole(self, document: str, language: str) -> str:
        """The whole draft, for a document that has none."""
        heading = next((p for p in self.passages if p.type == PassageType.HEADING), None)
        title = self.text.text[heading.start : heading.end] if heading else document
        edtf = f', edtf: "{self.published[1]}"' if self.published[1] else ""
        return "\n".join([
            "# yaml-language-server: $schema=../../docs/bundle.schema.json",
            "document:",
            f"  id: {_slug(document)}",
            f"  name: {_yaml(title[:200])}",
            f"  published: {{text: {_yaml(self.published[0])}{edtf}}}",
            f"  language: {language}",
            f'  rights: "{_TODO}: the holder of the rights"',
            f"  analysis: {{by: {_TODO}, method: mixed, date: {date.today()}}}",
            f"  summary: {_TODO}",
            "",
            f"passages: {{{', '.join(self._types())}}}",
            "",
            *self.additions(),
            "",
            "# Candidates, found by rules. Remove the `# ` before what is right, fill in TODO, and delete the rest.",
            self.candidates(),
        ])  # fmt: skip


def drafted(analysis: str) -> frozenset[str]:
    """The digests of the sentences that an analysis was drafted from."""
    return frozenset(
        digest
        for line in analysis.splitlines()
        if line.startswith(_DRAFTED)
        for digest in line[len(_DRAFTED) :].split()
    )


def _digest(sentence: str) -> str:
    return sha256(sentence.encode()).hexdigest()[:8]


def _yaml(words: str) -> str:
    return (
        words
        if re.fullmatch(r"[A-Z][\w’]*(?: [\w’]+)*", words) and words not in ("No", "Yes", "Null", "True", "False")
        else json.dumps(words, ensure_ascii=False)
    )


def _slug(words: str, length: int = SLUG_LENGTH) -> str:
    slug = re.sub("[^a-z0-9]+", "-", re.sub("['’]", "", fold(words))).strip("-")
    return slug[:length].rstrip("-") or "unnamed"
