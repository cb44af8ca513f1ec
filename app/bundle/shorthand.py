"""The short notation of an analysis, expanded into the full form that the rest of the code reads."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import takewhile
from typing import Any

from app.bundle.anchoring import MARKER, DocumentText, QuoteNotFound
from app.bundle.format import OWN, SHORT_QUOTES
from app.bundle.matching import Offsets, fold
from app.model.evidence import QUOTE_LENGTH, Place, Quote
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.vocabularies import PassageType
from app.suggest import shown

Location = tuple[str | int, ...]
"""A place in the analysis: keys and indexes from the top."""

_DEFAULT = "default"
_RANGE = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?")
MAX_RANGES = 100
"""Limit on the ranges and beginnings that give types to passages."""
_WORDS = ("exact", "sentence", "from")
"""The fields of a quote that give its words, of which it has one."""


class Shorthand:
    """An analysis in its full form as `tree`, and the `problems` of its short notation, with their locations.

    `origins` has the location in the analysis of what stands at another one in the tree.
    """

    def __init__(self, analysis: Any, text: str) -> None:
        self.tree = analysis
        self.text = text
        self.origins: dict[Location, Location] = {}
        self.problems: list[tuple[Location, str]] = []
        if isinstance(analysis, dict):
            self.tree = dict(analysis)
            defaults = self.tree.pop("defaults", None)
            if isinstance(self.tree.get("passages"), dict):
                self.tree["passages"] = self._passages(self.tree["passages"])
            if "document" in self.tree:
                self.tree["document"] = self._expanded(self.tree["document"], ("document",))
            for name in ("also", *(kind.plural for kind in KINDS.values())):
                if isinstance(records := self.tree.get(name), list):
                    self.tree[name] = [self._expanded(record, (name, at)) for at, record in enumerate(records)]
            self._defaults({} if defaults is None else defaults)

    def _problem(self, location: Location, detail: str) -> None:
        self.problems.append((location, detail))

    # Passages and defaults

    def _passages(self, given: Mapping[Any, Any]) -> dict[int, Any]:
        """The type of each passage. The last key that fits decides, and `default` where none does."""
        numbered = enumerate(self.text.split("\n"), start=1)
        lines = {number: fold(line).strip() for number, line in numbered if line.strip()}
        found: dict[int, Any] = {}
        ranges = 0
        for key in sorted(given, key=lambda key: key != _DEFAULT):
            written = str(key)
            numbers = _RANGE.fullmatch(written)
            if numbers and numbers[2] is None:
                fits = [int(written)] if int(written) in lines else []
                wrong = f"line {written} of document.txt is blank or does not exist"
            elif numbers:
                fits = [at for at in lines if int(numbers[1]) <= at <= int(numbers[2])]
                wrong = f"lines {written} of document.txt are blank or do not exist"
            else:
                fits = [at for at, line in lines.items() if key == _DEFAULT or line.startswith(fold(written).strip())]
                wrong = f"no line of document.txt begins with {shown(written)!r}"
            ranges += not numbers or numbers[2] is not None
            if ranges > MAX_RANGES:
                self._problem(("passages",), f"more than {MAX_RANGES} ranges and beginnings")
                break
            if not fits and lines:
                self._problem(("passages", key), wrong)
            for number in fits:
                found[number] = given[key]
                self.origins["passages", number] = ("passages", key)
        return found

    def _defaults(self, given: Any) -> None:
        """Give the records of each kind the fields that they leave out."""
        if not isinstance(given, dict):
            self._problem(("defaults",), "must be a mapping of kinds, as `events: {modality: actual}`")
            return
        kinds = {kind.plural: kind for kind in KINDS.values() if kind.name != KindName.DOCUMENT}
        for plural, fields in given.items():
            location = ("defaults", plural)
            if plural not in kinds or not isinstance(fields, dict):
                self._problem(location, f"must be fields of one of {', '.join(kinds)}, as `{{topics: [economic]}}`")
                continue
            allowed = kinds[plural].draft.model_fields.keys() - OWN
            for name in [name for name in fields if name not in allowed]:
                detail = f"'{shown(name)}' can have no default; valid are: {', '.join(sorted(allowed))}"
                self._problem((*location, name), detail)
            records = self.tree.get(plural)
            for at, record in enumerate(records if isinstance(records, list) else ()):
                for name in allowed & fields.keys() if isinstance(record, dict) else ():
                    if name not in record:
                        record[name] = fields[name]
                        self.origins[plural, at, name] = (*location, name)

    # Quotes

    def _expanded(self, record: Any, location: Location) -> Any:
        """A copy of a record, with its quotes in their full form."""
        if not isinstance(record, dict) or (given := record.get("evidence")) is None:
            return dict(record) if isinstance(record, dict) else record
        quotes: list[Any] = []
        place = (*location, "evidence")
        for at, quote in enumerate(given if isinstance(given, list) else [given]):
            origin = (*place, at) if isinstance(given, list) else place
            for part in self._quote(quote, origin):
                if (*place, len(quotes)) != origin:
                    self.origins[(*place, len(quotes))] = origin
                quotes.append(part)
        return record | {"evidence": quotes}

    def _quote(self, quote: Any, location: Location) -> list[Any]:
        """A quote with its exact words; two if it has more than 300 characters."""
        match quote:
            case int() | float():
                self._problem(location, f"must be text (given: {shown(quote)}); put it in quotes")
                return [shown(quote)]
            case dict() if len(quote) == 1 and not quote.keys() & {*SHORT_QUOTES, *Quote.model_fields}:
                [(key, value)] = quote.items()
                words = f"{shown(key)}: {'' if value is None else shown(value)}".strip()
                self._problem(location, f"the colon makes a key and a value of {words!r}; put the words in quotes")
                return [words]
            case dict():
                quote = {name: [value] if name == "supports" and isinstance(value, str) else value
                         for name, value in quote.items()}  # fmt: skip
        if not isinstance(quote, dict) or not quote.keys() & SHORT_QUOTES:
            return [quote]
        given = [name for name in _WORDS if name in quote]
        rest = {name: value for name, value in quote.items() if name not in (*_WORDS, "to")}
        try:
            if len(given) != 1 or ("to" in quote) != ("from" in quote):
                raise QuoteNotFound("give either `exact`, or `sentence`, or `from` and `to`")
            words, end = quote[given[0]], quote.get("to", "")
            if not isinstance(words, str) or not isinstance(end, str):
                raise QuoteNotFound(f"`{given[0]}` must be text; put it in quotes")
            numbers = {name: rest.pop(name, None) for name in Place.model_fields}
            place = Place(**{name: value for name, value in numbers.items() if isinstance(value, int) and value > 0})
            offsets = self._range(words, end, place) if end else self._sentence(words, place)
            return [self._exact(part) | rest for part in self._parts(offsets)]
        except QuoteNotFound as error:
            self._problem(location, str(error))
            return [{"exact": "\N{REPLACEMENT CHARACTER}", **rest}]

    @cached_property
    def document_text(self) -> DocumentText:
        """The text with its passages and sentences; made only if a quote needs it."""
        document, passages = self.tree.get("document"), self.tree.get("passages")
        language = document.get("language") if isinstance(document, dict) else None
        types = passages if isinstance(passages, dict) else {}
        known = {number: PassageType(name) for number, name in types.items() if name in [*PassageType]}
        return DocumentText(self.text, language if isinstance(language, str) else "en", known)

    @cached_property
    def _sentences(self) -> list[tuple[str, Offsets]]:
        """Each sentence without its list marker, folded, and its place; in alphabetical order."""
        places = (place for passage in self.document_text.passages.values() for place in passage.sentences)
        return sorted((_beginning(self.text[start:end]), (start, end)) for start, end in places)

    def _sentence(self, words: str, place: Place) -> Offsets:
        """The place of the sentence that begins with some words. Raises QuoteNotFound."""
        begins = _beginning(words)
        low = bisect_left(self._sentences, (begins, (0, 0)))
        similar = takewhile(lambda at: self._sentences[at][0].startswith(begins), range(low, len(self._sentences)))
        found = sorted(self._sentences[at][1] for at in similar)
        if place.passage is not None:
            found = [each for each in found if self._number(each) == place.passage]
        if not begins or not found:
            where = "the text" if place.passage is None else f"passage {place.passage}"
            raise QuoteNotFound(f"no sentence of {where} begins with {shown(words)!r}")
        if len(found) > 1 and place.occurrence is None:
            numbers = ", ".join(str(self._number(each)) for each in found)
            detail = f"{len(found)} sentences begin with {shown(words)!r} (in passages {numbers})"
            raise QuoteNotFound(f"{detail}; write more words, or choose one with `passage` or `occurrence`")
        if (place.occurrence or 1) > len(found):
            raise QuoteNotFound(f"only {len(found)} of the sentences there begin with {shown(words)!r}")
        return found[(place.occurrence or 1) - 1]

    def _range(self, first: str, last: str, place: Place) -> Offsets:
        """The place from some words to the next others of the same passage. Raises QuoteNotFound."""
        passage, (start, end) = self.document_text.anchor(first, place)
        for _, (begin, close) in self.document_text.occurrences(last, Place(passage=passage.number)):
            if begin >= start and close > end:
                return start, close
        raise QuoteNotFound(f"{shown(last)!r} does not follow {shown(first)!r} in passage {passage.number}")

    def _number(self, offsets: Offsets) -> int:
        passage = self.document_text.around(offsets)
        assert passage, "sentences lie in passages"  # noqa: S101
        return passage.number

    def _parts(self, offsets: Offsets) -> Iterator[Offsets]:
        """The place, or two if it is too long for a quote. Raises QuoteNotFound if it is too long for two."""
        start, end = offsets
        if end - start > 2 * QUOTE_LENGTH:
            detail = f"has {end - start} characters; at most {2 * QUOTE_LENGTH} can be quoted, with `from` and `to`"
            raise QuoteNotFound(detail)
        if end - start <= QUOTE_LENGTH:
            yield offsets
            return
        space = self.text.rfind(" ", end - QUOTE_LENGTH, start + QUOTE_LENGTH)
        cut = space if space > 0 else start + QUOTE_LENGTH
        yield start, cut
        yield (cut + 1 if space > 0 else cut), end

    def _exact(self, offsets: Offsets) -> dict[str, Any]:
        """The words at a place, and which of their occurrences in the passage this is."""
        words, passage = self.text[slice(*offsets)], self._number(offsets)
        starts = [start for _, (start, _) in self.document_text.occurrences(words, Place(passage=passage))]
        occurrence = starts.index(offsets[0]) + 1 if offsets[0] in starts and len(starts) > 1 else None
        return {"exact": words, "passage": passage, "occurrence": occurrence}


def _beginning(words: str) -> str:
    """Words without a list marker before them, folded."""
    marker = MARKER.match(words)
    return fold(words[marker.end() if marker and marker.end() < len(words) else 0 :]).strip()
