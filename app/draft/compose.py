"""The draft of an analysis: `analysis.yaml` with passage types, known actors, and candidates as comments."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256

from app.bundle.anchoring import DocumentText
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
    "usd": "trade_value",
} | dict.fromkeys(("hours", "days", "weeks", "months", "years", "decades"), "duration")
_DRAFTED = "# drafted: "


class Draft:
    """What rules recognise in a text. Sentences whose digest is in `drafted` are left out."""

    def __init__(self, text: DocumentText, known: Known, drafted: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.passages = [each for each in text.passages.values() if each.type != PassageType.BOILERPLATE]
        self._plain = re.sub(r"\s", " ", text.text)
        calendar = Calendar()
        tops = [each for each in self.passages if each.type in (PassageType.HEADING, PassageType.DATELINE)]
        found = [(self._words(each.start, each.end), calendar) for each in tops]
        resolved = [(words[d.start : d.end], d.edtf) for words, cal in found for d in cal.dates(words) if d.edtf]
        self.published = max(resolved, key=lambda each: len(each[1] or ""), default=("undated", None))
        self._calendar = Calendar(self.published[1])
        self.known = self._known_places(known)
        self.names = self._names()
        self.new = [
            sentence
            for each in self.passages
            for sentence in each.sentences
            if _digest(text.text[slice(*sentence)]) not in drafted
        ]
        self.dates: list[FoundDate] = []
        self.numbers: list[FoundQuantity] = []
        self.speeches: list[Speech] = []
        actors = [*self.names, *(Name(names[0], "known", places=places) for names, places in self._speakers())]
        speakers = Speakers(actors)
        for each in self.passages:
            words = self._words(each.start, each.end)
            dates = [FoundDate(d.start + each.start, d.end + each.start, d.edtf) for d in self._calendar.dates(words)]
            self.dates += dates
            blank = self._blank(each.start, each.end, [(d.start, d.end) for d in dates])
            for q in quantities(re.sub(r"\[[\d, ]+\]|^\W*\d+\.\s", lambda m: " " * len(m[0]), blank)):
                shifted = {**vars(q), "start": q.start + each.start, "end": q.end + each.start}
                self.numbers.append(FoundQuantity(**shifted))
            if each.type not in (PassageType.HEADING, PassageType.FOOTNOTE):
                self.speeches += speakers.speeches(words, each.start, each.sentences)
        self.numbers.sort(key=lambda q: q.start)

    def _words(self, start: int, end: int) -> str:
        return self._plain[start:end]

    def _blank(self, start: int, end: int, places: Sequence[tuple[int, int]]) -> str:
        """The words between two offsets, with the given places blank."""
        letters = list(self._plain[start:end])
        for low, high in places:
            for at in range(max(low, start), min(high, end)):
                letters[at - start] = " "
        return "".join(letters)

    def _known_places(self, known: Known) -> dict[str, dict[str, list[tuple[int, int]]]]:
        """The forms of known actors in the text, by actor; longer names are found first."""
        taken: list[tuple[int, int]] = []
        found: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(dict)
        for name in sorted(known, key=len, reverse=True):
            places = [p for p in self.text.whole(name) if not any(p[0] < e and s < p[1] for s, e in taken)]
            taken += places
            for actor in known[name] if places else ():
                found[actor][name] = places
        return found

    def _speakers(self) -> Iterator[tuple[list[str], list[tuple[int, int]]]]:
        for actor, forms in self.known.items():
            yield [actor], [place for places in forms.values() for place in places]

    def _names(self) -> list[Name]:
        taken = [place for _, places in self._speakers() for place in places]
        passages = []
        for each in self.passages:
            dates = [
                (d.start + each.start, d.end + each.start)
                for d in self._calendar.dates(self._words(each.start, each.end))
            ]
            starts = [start - each.start for start, _ in each.sentences]
            blank = self._blank(each.start, each.end, [*taken, *dates])
            starts += [
                found.end()
                for start in starts
                for found in [re.compile(r"[^\w]*(?:[a-z0-9]{1,3}[.)]\s)?").match(blank, start)]
                if found
            ]
            heading = each.type in (PassageType.HEADING, PassageType.DATELINE)
            passages.append((each.start, blank, starts, heading))
        return sorted(Names(passages).found.values(), key=lambda name: min(name.places))

    def _sentence(self, at: int) -> tuple[int, int]:
        return next(s for p in self.text.passages.values() for s in p.sentences if s[0] <= at < s[1] or s[1] > at)

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

    def records(self) -> Iterator[tuple[str, int, list[str]]]:
        """The candidates: the kind in the plural, the offset, and the lines of the record."""
        ids: dict[int, str] = {}
        unnamed: set[str] = set()
        for name in self.names:
            at = min(name.places)
            ids[id(name)] = _slug(name.name)
            forms = [form for form in name.forms if form != name.name]
            fields = [f"name: {_yaml(name.name)}", f"type: {name.type}"]
            fields += [f"country: {name.country}"] if name.country else []
            fields += [f"aliases: [{', '.join(map(_yaml, forms))}]"] if forms else []
            if self._is_new(at[0]):
                yield "actors", at[0], self._record(_slug(name.name), fields, *at)
        used: set[int] = set()
        for speech in self.speeches:
            speaker, words = speech.speaker, self.text.text[speech.start : speech.end]
            fields = [f"name: {_TODO}", "type: quote"]
            if isinstance(speaker, Name):
                fields.append(f"speakers: [{{actor: {ids.get(id(speaker), speaker.name)}}}]")
            elif speaker and self._is_new(speech.start):
                fields.append(f"speakers: [{{actor: {_slug(speaker)}}}]")
                if speaker not in unnamed:
                    unnamed.add(speaker)
                    actor = [f"name: {_yaml(speaker)}", "type: TODO", "named: false"]
                    yield "actors", speech.start, self._record(_slug(speaker), actor, speech.start, speech.end)
            fields += [f"text: {_yaml(words)}", *self._date("date", speech.start, used)]
            if self._is_new(speech.start):
                yield (
                    "statements",
                    speech.start,
                    self._record(_slug(f"on {words}", 40), fields, speech.start, speech.end),
                )
        for number in self.numbers:
            words = self.text.text[number.start : number.end]
            bounds = "".join(
                f"{k}: {v:.15g}, " for k, v in (("low", number.low), ("high", number.high)) if v is not None
            )
            noun = f"  # {number.noun}" if number.noun else ""
            fields = [
                f"name: {_TODO}",
                f"metric: {_METRICS.get(number.unit, 'count')}",
                f"value: {{{bounds}relation: {number.relation}, unit: {number.unit}, text: {_yaml(words)}}}{noun}",
                "modality: actual",
                *self._date("as_of", number.start, used),
            ]
            if self._is_new(number.start):
                yield "figures", number.start, self._record(_slug(words), fields, number.start, number.end)
        for found in self.dates:
            if found.start not in used and self._is_new(found.start) and self._is_prose(found.start):
                fields = [
                    f"name: {_TODO}",
                    "type: TODO",
                    "modality: actual",
                    _date_field("date", found, self.text.text),
                ]
                words = self.text.text[found.start : found.end]
                yield "events", found.start, self._record(_slug(words), fields, found.start, found.end)
        for start, end in self.new:
            quoted = [(s.start, s.end) for s in self.speeches]
            judged = hedge(self._blank(start, end, quoted)) if self._is_prose(start) else None
            if judged:
                text = f"text: {_yaml(judged.text)}, " if judged.text else ""
                likelihood = f"likelihood: {{{text}level: {judged.level}}}"
                fields = [f"name: {_TODO}", f"type: {judged.type}", likelihood]
                cited = self.text.text.find(judged.text or "", start)
                slug = _slug(self.text.text[start:end], 40)
                yield "assessments", start, self._record(slug, fields, cited, cited + len(judged.text or ""))

    def _is_new(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.new)

    def _is_prose(self, at: int) -> bool:
        passage = self.text.around((at, at + 1))
        return passage is not None and passage.type not in (
            PassageType.HEADING,
            PassageType.DATELINE,
            PassageType.FOOTNOTE,
        )

    def _date(self, name: str, at: int, used: set[int]) -> list[str]:
        """The first date of the sentence around an offset, as a field."""
        start, end = self._sentence(at)
        found = next((d for d in self.dates if start <= d.start < end), None)
        if not found:
            return []
        used.add(found.start)
        return [_date_field(name, found, self.text.text)]

    def _record(self, slug: str, fields: list[str], start: int, end: int) -> list[str]:
        return [f"id: {slug}", *fields, f"summary: {_TODO}", f"evidence: {self.evidence(start, end)}"]

    def candidates(self) -> str:
        """The candidates as comments, by kind, each kind in the order of the text."""
        kinds: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
        for kind, at, fields in self.records():
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
        owners: dict[str, list[str]] = defaultdict(list)
        for actor, forms in self.known.items():
            for form in forms:
                owners[form].append(actor)
        lines = []
        for actor, forms in sorted(self.known.items()):
            sure = [form for form in forms if len(owners[form]) == 1]
            if sure:
                lines += [f"  - record: actor/{actor}", f"    aliases: [{', '.join(map(_yaml, sure))}]"]
        unsure = [f"# {_yaml(form)} can mean {' or '.join(each)}" for form, each in owners.items() if len(each) > 1]
        return [*(["also:", *lines] if lines else []), *unsure]

    def whole(self, document: str, language: str) -> str:
        """The whole draft, for a document that has none."""
        heading = next((p for p in self.passages if p.type == PassageType.HEADING), None)
        title = self.text.text[heading.start : heading.end] if heading else document
        edtf = f', edtf: "{self.published[1]}"' if self.published[1] else ""
        types = {p.number: p.type for p in self.text.passages.values() if p.type != PassageType.PARAGRAPH}
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
            f"passages: {{{', '.join(f'{number}: {kind}' for number, kind in types.items())}}}",
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


def _date_field(name: str, found: FoundDate, text: str) -> str:
    edtf = f', edtf: "{found.edtf}"' if found.edtf else ""
    return f"{name}: {{text: {_yaml(text[found.start : found.end])}{edtf}}}"


def _yaml(words: str) -> str:
    return (
        words
        if re.fullmatch(r"[A-Z][\w’]*(?: [\w’]+)*", words) and words not in ("No", "Yes", "Null", "True", "False")
        else json.dumps(words, ensure_ascii=False)
    )


def _slug(words: str, length: int = SLUG_LENGTH) -> str:
    slug = re.sub("[^a-z0-9]+", "-", re.sub("['’]", "", fold(words))).strip("-")
    return slug[:length].rstrip("-") or "unnamed"
