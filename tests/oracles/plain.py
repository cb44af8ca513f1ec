"""Oracle of lists, facets and search: scans all records in plain Python, without any code of the service."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import httpx
from snowballstemmer import stemmer

from tests.services.api import items

Record = dict[str, Any]
Filters = list[tuple[str, str]]
"""Query parameters, as they are written."""
Term = tuple[list[tuple[str, ...]], bool, bool]
"""A term of a search: forms of consecutive words, whether the last is a prefix, whether the term is excluded."""

DATED = {
    "events": "date",
    "sanctions": "adopted",
    "statements": "date",
    "relationships": "period",
    "figures": "as_of",
    "documents": "published",
}
"""The date field of each collection that has one."""

Values = Callable[[Record], Iterable[Any]]


def along(path: str) -> Values:
    """The values at a dotted path, through every list on the way."""

    def values(record: Record) -> Iterator[Any]:
        found: list[Any] = [record]
        for field in path.split("."):
            found = [item[field] for item in found if item is not None]
            found = [inner for item in found for inner in (item if isinstance(item, list) else [item])]
        yield from (item for item in found if item is not None)

    return values


def role(name: str) -> Values:
    return lambda event: [part["actor"] for part in event["participants"] if part["role"] == name]


def actors_of(record: Record, mentions: Iterable[tuple[str, Record]]) -> list[str]:
    """The ids that `actors` must have: the fields of the record refer to these actors, or its quotes mention them.

    `mentions` has every mention in the record's document, with the id of its actor.
    """
    if record["kind"] == "document":
        return []
    quotes = record["evidence"]
    found = {actor for actor, m in mentions if any(q["start"] <= m["start"] and m["end"] <= q["end"] for q in quotes)}
    waiting: list[Any] = [value for name, value in record.items() if name not in ("actors", "evidence", "document")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("kind") == "actor" and "url" in value:
                found.add(value["id"])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return sorted(found - ({record["id"]} if record["kind"] == "actor" else set()))


_EVERYWHERE: dict[str, Values] = {"id": along("id"), "topic": along("topics"), "actor": along("actors")}
VALUES: dict[str, dict[str, Values]] = {
    "actors": {name: along(name) for name in ("type", "country", "sector", "named", "part_of")}
    | {
        "organisation": along("roles.organisation"),
        "identifier": lambda actor: [f"{known['scheme']}:{known['value']}" for known in actor["identifiers"]],
    },
    "events": {name: along(name) for name in ("type", "mode", "quad", "modality")}
    | {name: role(name) for name in ("recipient", "host", "affected", "voter")}
    | {
        "initiator": role("actor"),
        "participant": along("participants.actor"),
        "position": along("participants.position"),
        "related": along("related.record"),
        "relation": along("related.relation"),
        "country": along("locations.country"),
        "outcome": along("outcome.status"),
        "attribution": along("attribution"),
        "attributed": lambda event: [event["attribution"] is not None],
    },
    "sanctions": {name: along(name) for name in ("authority", "binds", "status", "part_of", "trigger")}
    | {
        "type": along("measures.type"),
        "target": along("targets"),
        "enforcer": along("enforcement.actor"),
        "keeper": lambda sanction: [*sanction["binds"], *along("enforcement.actor")(sanction)],
        "conduct": along("enforcement.conduct"),
        "modality": along("enforcement.modality"),
    },
    "statements": {name: along(name) for name in ("type", "medium", "about", "event")}
    | {
        "speaker": along("speakers.actor"),
        "toward": along("stances.toward"),
        "stance": along("stances.value"),
        "verbatim": lambda statement: [statement["text"] is not None],
    },
    "relationships": {name: along(name) for name in ("type", "subject", "object", "status", "symmetric")}
    | {"party": lambda relationship: [relationship["subject"], relationship["object"]]},
    "figures": {name: along(name) for name in ("metric", "modality", "about", "source")}
    | {"unit": along("value.unit"), "relation": along("value.relation")},
    "assessments": {name: along(name) for name in ("type", "holder", "about", "rests_on", "depends_on")}
    | {
        "contrasts_with": along("contrasts_with"),
        "restates": along("restates"),
        "likelihood": along("likelihood.level"),
    },
    "documents": {name: along(name) for name in ("publisher", "language", "series")}
    | {
        "author": along("authors"),
        "involves": lambda document: [*along("publisher")(document), *document["authors"]],  # and those it mentions
    },
}
"""The values of a record that each filter of a collection compares."""
ANY_KIND = {"related", "attribution", "about", "toward", "rests_on", "depends_on", "contrasts_with", "restates"}
"""Filters whose values are written `kind/id`."""


class Records:
    """Every record of a service, with every quote behind it."""

    def __init__(self, client: httpx.Client, plurals: Iterable[str]) -> None:
        self.of = {plural: items(client, f"/v1/{plural}", limit=200) for plural in plurals}
        self.plural_of = {kept[0]["kind"]: plural for plural, kept in self.of.items() if kept}
        self.quotes: dict[str, list[Record]] = {}
        self._runs: dict[str, list[tuple[list[str], list[str]]]] = {}
        for record in self.everything():
            url = record["url"]
            # A record shows the quotes of its own document; those of others are at its evidence.
            alone = record["evidence_count"] == len(record["evidence"])
            document = record["document"] or {name: record[name] for name in ("kind", "id", "name", "url")}
            own = [quote | {"document": document} for quote in record["evidence"]]
            self.quotes[url] = own if alone else items(client, f"{url}/evidence", limit=200)
            assert len(self.quotes[url]) == record["evidence_count"]
        self.mentioned: dict[str, set[str]] = {}
        """The ids of the actors that each document mentions, by its id."""
        for mention in items(client, "/v1/mentions", limit=200):
            self.mentioned.setdefault(mention["document"]["id"], set()).add(mention["actor"]["id"])

    def everything(self) -> Iterator[Record]:
        for kept in self.of.values():
            yield from kept

    # Filters

    def values(self, record: Record, name: str) -> set[str]:
        """The values of a record for a filter or facet, as the parameter writes them."""
        if name == "document":
            documents = [record["document"] or record, *(quote["document"] for quote in self.quotes[record["url"]])]
            return {document["id"] for document in documents}
        if name == "kind":
            return {record["kind"]}
        if name == "year":
            return {day[:4] for day in self._span(record)[:1] if day}
        values = (_EVERYWHERE | VALUES[self.plural_of[record["kind"]]])[name]
        mentioned = self.mentioned.get(record["id"], set()) if name == "involves" else set()
        return mentioned | {_written(value, any_kind=name in ANY_KIND) for value in values(record)}

    def meets(self, record: Record, asked: Filters, *, without: str = "") -> bool:
        """True if a record matches the filters; `without` ignores one of them."""
        by_name: dict[str, list[str]] = {}
        for name, value in asked:
            by_name.setdefault(name, []).append(value)
        return all(self._meets(record, name, values, by_name) for name, values in by_name.items() if name != without)

    def _meets(self, record: Record, name: str, values: list[str], asked: dict[str, list[str]]) -> bool:
        match name:
            case "q":
                return self.matches(record, terms_of(values[0]))
            case "with_actor":
                return self.values(record, "actor").issuperset(values)
            case "revision_from":
                return bool(record["revision"] >= int(values[0]))
            case "passage":
                return any(
                    str(quote["passage"]) in values and quote["document"]["id"] in asked["document"]
                    for quote in self.quotes[record["url"]]
                )
            case "date_from" | "date_to":
                earliest, latest = self._span(record)
                [start], [end] = asked.get("date_from", ["0001-01-01"]), asked.get("date_to", ["9999-12-31"])
                dated = earliest is not None or latest is not None
                return dated and (earliest or "") <= end and start <= (latest or "9999-12-31") and start <= end
        return not self.values(record, name).isdisjoint(values)

    def _span(self, record: Record) -> tuple[str | None, str | None]:
        date = record.get(DATED.get(self.plural_of[record["kind"]], ""))
        return (date["earliest"], date["latest"]) if date else (None, None)

    # Orders and facets

    def ordered(self, records: Iterable[Record], keys: Sequence[str]) -> list[Record]:
        """Records by sort keys, nulls last in both directions, then by id."""
        found = sorted(records, key=lambda record: str(record["id"]))
        for key in reversed(keys):
            value = self._sort_value(key.removeprefix("-"))
            there = [record for record in found if value(record) is not None]
            found = sorted(there, key=value, reverse=key.startswith("-")) + [r for r in found if value(r) is None]
        return found

    def _sort_value(self, key: str) -> Callable[[Record], Any]:
        match key:
            case "date":
                return lambda record: self._span(record)[0]
            case "name":
                return lambda record: folded(record["name"])
            case "position":
                return lambda record: (
                    ((record["document"] or record)["id"], record["evidence"][0]["start"])
                    if record["evidence"]
                    else None
                )
        return lambda record: record[key]

    def counts(self, records: Iterable[Record], asked: Filters, facet: str) -> Counter[str]:
        """The number of matching records for each value of a facet; the facet's own filter is ignored."""
        return Counter(
            value
            for record in records
            if self.meets(record, asked, without=facet)
            for value in self.values(record, facet)
        )

    # Search

    def matches(self, record: Record, terms: Sequence[Term]) -> bool:
        """True if a record has every term of a search and none that is excluded."""
        runs = self.runs(record)
        return bool(terms) and all(
            any(_stands(form, prefix, *run) for form in forms for run in runs) is not excluded
            for forms, prefix, excluded in terms
        )

    def runs(self, record: Record) -> list[tuple[list[str], list[str]]]:
        """The searchable words of a record in runs, each with their stems."""
        url = record["url"]
        if url not in self._runs:
            texts = [record["name"], *record.get("aliases", ()), record["summary"]]
            texts += [quote["exact"] for quote in self.quotes[url]]
            texts += [each["value"] for each in record.get("identifiers", ())]
            texts.append((record.get("instrument") or {}).get("symbol") or "")
            runs = [["".join(words_of(record["id"]))]]
            for text in texts:
                runs += [words_of(text), *([word] for word in written_as_one(text))]
            self._runs[url] = [(words, [stem_of(word) for word in words]) for words in runs]
        return self._runs[url]


_OF_APOSTROPHE = "[\u02b9-\u02bf\u2018\u2019\u201b\u2032`\u00b4\u05f3\u05f4\ua78c]"
_QUOTES = '"“”„‟«»「」『』＂'
_TYPED = [
    *zip("æœþðəŋłøđħı", ["ae", "oe", "th", "d", "a", "ng", "l", "o", "d", "h", "i"], strict=True),
    *zip("\u0671\u0649\u06cc\u06a9\u0629\u06c1\u06be", "\u0627\u064a\u064a\u0643\u0647\u0647\u0647", strict=True),
    ("\u0640", ""),
]
"""Letters, and those that people type for them."""
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u3099\u309a"
_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17d3\u2e80-\u2fdf\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff"
_ALONE += "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ud7b0-\ud7ff\U00020000-\U0003ffff"
_ALONE_WORD = f"[\u1100-\u115f][\u1160-\u11a7]*[\u11a8-\u11ff]*|[{_ALONE}][{_MARKS}]*"


def folded(text: str) -> str:
    """Text in lower case, without diacritics and invisible characters, as people type it."""
    return "".join(map(_folded, text))


@cache
def _folded(character: str) -> str:
    if unicodedata.category(character) == "Cf" or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return ""
    if character.isdecimal():
        return str(int(character))
    character = re.sub(_OF_APOSTROPHE, "'", character)
    lower = unicodedata.normalize("NFKD", character).casefold()
    for letter, typed in _TYPED:
        lower = lower.replace(letter, typed)
    lower = unicodedata.normalize("NFKD", re.sub(_OF_APOSTROPHE, "'", lower))
    return "".join(each for each in lower if not unicodedata.combining(each) or _is_letter(each))


def _is_letter(mark: str) -> bool:
    """True if a mark is no diacritic: in scripts from Devanagari to Burmese and the like, and in kana."""
    return mark != "\u093c" and bool(
        re.match("[\u0900-\u109f\u1780-\u17ff\u1a20-\u1aaf\u1b00-\u1bff゙゚\ua800-\uabff\U00011000-\U00011fff]", mark)
    )


def words_of(text: str) -> list[str]:
    """The runs of letters and digits, or each letter if the script has no spaces; a possessive ’s is removed."""
    text = re.sub(r"(?<=[^\W_])\.?'s\b", " ", folded(text))
    text = re.sub(r"(?<!\w)(?:[^\W\d_]\.)+[^\W\d_](?!\w)", lambda found: found[0].replace(".", ""), text)
    text = re.sub(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)", lambda found: found[0].replace(",", ""), text)
    text = re.sub(r"\b((?:[cdjlmnst]|qu|un|all|dall|dell|nell|sull)')(?=[aeiouh])", r"\1 ", text)
    text = re.sub(r"(?<=[^\W_])'(?=[^\W_])", "", text)
    text = re.sub(_ALONE_WORD, r" \g<0> ", text)
    return re.sub(rf"[^\w{_ALONE}\u0900-\u0963\u0966-\u0dff゙゚]|_", " ", text).split()


def written_as_one(text: str) -> list[str]:
    """Words that the text has apart, and others write as one."""
    text = re.sub("[\u00a0\u2009\u202f]", " ", text)
    tied = [found[0] for found in re.finditer(r"\w+(?:\.?[-‐‑]\w+)+|\w+['’]\w+", text)]
    pairs = [f"{one} {other}" for one, other in re.findall(r"(?<![\w'’])(?=([^\W_]+) ([^\W_]+))", text)]
    tied += [pair for pair in pairs if pair[0].isupper() and re.search(r" (?:\w\w?$|(?=\w)[^a-z])", pair)]
    tied += [pair for pair in pairs if re.fullmatch(r"\d{1,3} \d{3}", pair)]
    found = [words_of(piece) for piece in tied]
    found += [words[at : at + 2] for words in found for at in range(len(words) - 1)]
    return ["".join(words) for words in found if len(words) > 1]


@cache
def stem_of(word: str) -> str:
    """The English stem by Porter's algorithm."""
    return str(_porter.stemWord(word)) or word


def terms_of(query: str) -> list[Term]:
    """The terms of a search. Every string can be parsed."""
    terms: list[tuple[tuple[str, ...], bool, bool]] = []
    bare: list[bool] = []
    rest = query.lstrip()
    while rest:
        excluded = rest[0] in "-‐–−" and len(rest) > 1 and not rest[1].isspace()
        rest = rest[excluded:]
        quoted = rest[0] in _QUOTES
        prefix = False
        if quoted:
            end = next((at for at, character in enumerate(rest) if at and character in _QUOTES), len(rest))
            piece, rest = rest[1:end], rest[end + 1 :]
        else:
            ends = (at for at, character in enumerate(rest) if character.isspace() or character in _QUOTES)
            end = next(ends, len(rest))
            piece, rest = rest[:end], rest[end:]
            prefix = piece.endswith(("*", "＊"))
        if (words := tuple(words_of(piece))) and (words, prefix, excluded) not in terms:
            terms.append((words, prefix, excluded))
            bare.append(not (quoted or prefix or excluded))
        rest = rest.lstrip()
    found: list[Term] = []
    for at, (words, prefix, excluded) in enumerate(terms):
        forms = [words]
        if len(words) > 1 and not any(re.match(_ALONE_WORD, word) for word in words):
            forms.append(("".join(words),))
            if len(words) < 7:
                forms += [(*words[:n], "".join(words[n : n + 2]), *words[n + 2 :]) for n in range(len(words) - 1)]
        for pair in (terms[max(at - 1, 0) : at + 1], terms[at : at + 2]):
            both = [word for other, _, _ in pair for word in other]
            beside = bare[max(at - 1, 0) : at + 1] if pair[0] != terms[at] else bare[at : at + 2]
            if len(pair) == 2 and all(beside) and not any(re.match(_ALONE_WORD, word) for word in both):
                forms.append(("".join(both),))
        found.append((forms, prefix, excluded))
    return found


def _stands(wanted: tuple[str, ...], prefix: bool, words: list[str], stems: list[str]) -> bool:
    """True if a text has these words in sequence: by stem, or literally if the last is a prefix."""
    size = len(wanted)
    for at in range(len(words) - size + 1):
        if prefix:
            if tuple(words[at : at + size - 1]) == wanted[:-1] and words[at + size - 1].startswith(wanted[-1]):
                return True
        elif stems[at : at + size] == [stem_of(word) for word in wanted]:
            return True
    return False


def _written(value: Any, *, any_kind: bool) -> str:
    if isinstance(value, dict):
        return f"{value['kind']}/{value['id']}" if any_kind else str(value["id"])
    return str(value).lower() if isinstance(value, bool) else str(value)


_porter = stemmer("porter")
